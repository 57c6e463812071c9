"""What may be set when the simulator starts."""

from pathlib import Path

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

    @property
    def base_url(self) -> str:
        """The address at the beginning of every link, without a final slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")
