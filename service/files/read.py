"""Uploaded files as a problem, whatever format they have. Faults name cells."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile, is_zipfile

from scheduler.domain.errors import Fault, InvalidInput
from scheduler.domain.problem import Problem
from scheduler.io.csv_sheets import workbook
from scheduler.io.read import read_problem
from service.http.problems import invalid

CSV = ".csv"
LARGEST_UNPACKED = 400 * 1024 * 1024


def problem_in(files: Mapping[str, bytes]) -> Problem:
    """One file in any format that the library reads, or CSV files by the names of sheets, packed together or not."""
    unpacked = _unpacked(files)
    if all(PurePath(name).suffix.lower() == CSV for name in unpacked):
        unpacked = {"sheets.xlsx": workbook(unpacked)}
    if len(unpacked) != 1:
        raise invalid([Fault("files", "send one file, or CSV files alone: technicians.csv, activities.csv and so on")])
    ((name, content),) = unpacked.items()
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"file{PurePath(name).suffix}"
        path.write_bytes(content)
        return read_problem(path)


def _unpacked(files: Mapping[str, bytes]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for name, content in files.items():
        packed = _members(name, content) if is_zipfile(BytesIO(content)) else []
        if packed and all(PurePath(member).suffix.lower() == CSV for member in packed):
            with ZipFile(BytesIO(content)) as archive:
                found |= {PurePath(member).name: archive.read(member) for member in packed}
        else:
            found[PurePath(name).name] = content
    return found


def _members(name: str, content: bytes) -> list[str]:
    """Names of what is packed. Raises for what is small packed and huge unpacked."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
    except BadZipFile as error:
        raise InvalidInput((Fault(name, "is damaged; save it again"),)) from error
    if sum(member.file_size for member in members) > LARGEST_UNPACKED:
        raise InvalidInput((Fault(name, f"is larger than {LARGEST_UNPACKED} bytes unpacked; split it"),))
    return [member.filename for member in members]
