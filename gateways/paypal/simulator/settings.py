"""What may be set when the simulator starts."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class SimulatorSettings(BaseSettings):
    """Settings of the simulator, read from variables that begin with SALDO_SIMULATOR_."""

    model_config = SettingsConfigDict(env_prefix="SALDO_SIMULATOR_", frozen=True)

    host: str = "127.0.0.1"
    port: int = 8001
    public_url: str | None = None  # address that browsers and merchants see, when it differs from host and port
    database: Path = Path("var/simulator.db")
    client_id: str = "saldo-demo"
    client_secret: str = "saldo-demo-secret"  # noqa: S105 - of the demonstration, moves no money
    order_life_seconds: int = 3 * 60 * 60
    token_life_seconds: int = 31668
    vault_delay_seconds: int = 60  # how late the token of a `vault-late` payer appears
    unique_invoice_ids: bool = True  # PayPal's "block accidental payments"
    webhook_url: str | None = None  # subscribed to all events from the start
    webhook_id: str = Field(default="SALDODEMO00000001", pattern=r"^[a-zA-Z0-9]{1,50}$")
    redelivery_seconds: float = Field(default=60, gt=0)  # first pause after a webhook that was not taken; they double
    ca_file: Path | None = None  # where to write the certificate that a merchant must trust
    recording: Path | None = None  # file to which every exchange is added, one JSON document a line

    @property
    def base_url(self) -> str:
        """The address at the beginning of every link, without a final slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")
