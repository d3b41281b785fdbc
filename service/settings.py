"""What can be set from outside, by environment variables with the prefix FIELDPLAN_."""

from typing import Annotated

from pydantic import Field, PositiveInt, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

EXECUTORS = r"^(processes|tls://\S+:\d+|tcp://(127\.0\.0\.1|localhost|\[::1\]):\d+)?$"


class Settings(BaseSettings):
    """All settings of the service.

    Attributes
    ----------
    database_url
        `sqlite:///file.db` for one machine, `postgresql+psycopg://user:password@host/name` for several.
    demo
        Whether an empty embedded database begins with the demo company.
    rate_limit
        Requests of one caller, as `count/period`.
    max_body
        Largest request, in bytes.
    workers
        Runs that this process works on at a time; 0 leaves them to `fieldplan work`.
    run_memory
        Most memory of one run, in MB.
    executor
        Where the parts of a large problem are solved: empty for the run's own process, `processes` for more of them
        on its machine, `tls://host:port` for a Dask cluster. It runs whatever code it is sent: without TLS it is
        taken on this machine alone.
    log_level
        What is logged: `debug`, `info`, `warning` or `error`.
    public_url
        Where people reach the service. With https, cookies travel over https alone.
    cors_origins
        Other sites whose scripts may call the API, between commas.
    oidc_issuer, oidc_client_id, oidc_client_secret
        The identity provider, for Entra ID `https://login.microsoftonline.com/<directory>/v2.0`, and what it knows the
        service by. Without, people sign in by password.
    keys
        Keys under which credentials are kept, between commas: the first one encrypts, all of them decrypt.
    """

    model_config = SettingsConfigDict(env_prefix="FIELDPLAN_", frozen=True, extra="forbid")

    database_url: str = "sqlite:///fieldplan.db"
    demo: bool = True
    rate_limit: Annotated[str, Field(pattern=r"^\d+/(second|minute|hour)$")] = "1200/minute"
    max_body: PositiveInt = 32 * 1024 * 1024
    workers: Annotated[int, Field(ge=0, le=64)] = 1
    run_memory: Annotated[int, Field(ge=256)] = 4096
    executor: Annotated[str, Field(pattern=EXECUTORS)] = ""
    log_level: Annotated[str, Field(pattern=r"^(debug|info|warning|error)$")] = "info"
    public_url: Annotated[str, Field(pattern=r"^https?://[^/]+$")] = "http://127.0.0.1:8000"
    cors_origins: Annotated[str, Field(pattern=r"^(https?://[^/,]+(,|$))*$")] = ""
    oidc_issuer: Annotated[str, Field(pattern=r"^(https?://\S+)?$")] = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    keys: SecretStr = SecretStr("")

    @property
    def embedded(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def secure(self) -> bool:
        return self.public_url.startswith("https://")
