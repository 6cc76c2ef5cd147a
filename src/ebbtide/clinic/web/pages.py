"""What the shell of every page shows, as frozen values."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NavigationLink:
    """One place in the navigation.

    Attributes:
        name: The word shown.
        url: Where it leads.
        is_current: Whether the page shown is this place or inside it.
    """

    name: str
    url: str
    is_current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """The frame around a page; `base.html` reads it as `shell`.

    Attributes:
        site_name: The site the user works at now; empty before login.
        user_name: The person logged in; empty before login.
        role_name: In words, for example `nurse`.
        links: The navigation, in order, only what the role may open.
        is_synthetic: Whether the data are made up; marked on every page.
        now: The clinic's time, with zone.
        clock_speed: Clinic seconds per real second; 1.0 outside a demo.
    """

    now: datetime
    site_name: str = ""
    user_name: str = ""
    role_name: str = ""
    links: tuple[NavigationLink, ...] = ()
    is_synthetic: bool = False
    clock_speed: float = 1.0
