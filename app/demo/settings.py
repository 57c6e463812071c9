"""What may be set when the demo starts: where its parts listen, and where its files are."""

from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

Port = Annotated[int, Field(ge=1, le=65535)]


class DemoSettings(BaseSettings):
    """Settings of the demo, read from the same variables as those of its parts."""

    model_config = SettingsConfigDict(env_prefix="SALDO_", frozen=True)

    host: str = "127.0.0.1"
    port: Port = 8000
    simulator_port: Port = 8001
    catcher_port: Port = 8025
    catcher_smtp_port: Port = 1025
    demo_directory: Path = Path("var/demo")

    @property
    def directory(self) -> Path:
        return self.demo_directory.absolute()

    @property
    def database_url(self) -> str:
        return f"sqlite+aiosqlite:///{self.directory / 'saldo.db'}"

    @property
    def api_url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def simulator_url(self) -> str:
        return f"http://{self.host}:{self.simulator_port}"

    @property
    def catcher_url(self) -> str:
        return f"http://{self.host}:{self.catcher_port}"

    @property
    def ports(self) -> dict[str, int]:
        """Every port that is listened on, by the variable that sets it."""
        names = ("port", "simulator_port", "catcher_port", "catcher_smtp_port")
        return {f"SALDO_{name.upper()}": getattr(self, name) for name in names}
