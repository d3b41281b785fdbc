"""The words of the texts, by language."""

from collections.abc import Mapping
from typing import Literal
from zoneinfo import ZoneInfo

from scheduler.sync.event import Event

Language = Literal["en", "uk"]

WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "contact": "Contact",
        "where": "Where",
        "coordinates": "Coordinates",
        "bring": "Bring",
        "with": "With",
        "travel": "Drive before",
        "from": "from",
        "drive_to": "Drive to {place}",
        "setup": "Setup",
        "teardown": "Teardown",
        "minutes": "{count} min",
        "links": "Links",
        "activity": "Activity",
        "proposed": "Proposed",
        "published": "Published",
        "accepted": "Accepted",
        "declined": "Declined",
        "travelling": "On the way",
        "in-progress": "In progress",
        "completed": "Completed",
        "cancelled": "Cancelled",
        "changed_subject": "Your plan has changed",
        "changed_intro": "This changed in your calendar:",
        "why": "Why",
        "new": "New",
        "moved": "Moved",
        "put_back": "Put back",
        "dropped": "No longer yours",
        "changed": "Changed",
        "was": "was",
    },
    "uk": {
        "contact": "Контакт",
        "where": "Де",
        "coordinates": "Координати",
        "bring": "Взяти з собою",
        "with": "Разом з",
        "travel": "Дорога перед цим",
        "from": "від",
        "drive_to": "Дорога: {place}",
        "setup": "Підготовка",
        "teardown": "Завершення",
        "minutes": "{count} хв",
        "links": "Посилання",
        "activity": "Робота",
        "proposed": "Запропоновано",
        "published": "Заплановано",
        "accepted": "Прийнято",
        "declined": "Відхилено",
        "travelling": "У дорозі",
        "in-progress": "Виконується",
        "completed": "Виконано",
        "cancelled": "Скасовано",
        "changed_subject": "Ваш план змінився",
        "changed_intro": "У вашому календарі змінилося:",
        "why": "Чому",
        "new": "Нове",
        "moved": "Перенесено",
        "put_back": "Повернено",
        "dropped": "Більше не ваше",
        "changed": "Змінено",
        "was": "було",
    },
}


def when(event: Event, zone: str) -> str:
    """The event's time on the clocks of a zone."""
    start, end = (moment.astimezone(ZoneInfo(zone)) for moment in (event.start, event.end))
    return f"{start:%Y-%m-%d %H:%M}-{end:%H:%M}"
