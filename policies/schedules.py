"""When something comes up by itself, as a cron expression."""

MINUTE, HOUR, DAY = 60, 3600, 86400


def cron_every(seconds: int) -> str:
    """Return the cron expression, seconds first, that comes up every so many seconds.

    Raises ``ValueError`` unless a minute, an hour or a day is a whole number of such intervals: cron knows no others.
    """
    if seconds > 0 and MINUTE % seconds == 0:
        return f"*/{seconds} * * * * *"
    if seconds > 0 and seconds % MINUTE == 0 and HOUR % seconds == 0:
        return f"0 */{seconds // MINUTE} * * * *"
    if seconds > 0 and seconds % HOUR == 0 and DAY % seconds == 0:
        return f"0 0 */{seconds // HOUR} * * *"
    raise ValueError(f"{seconds} seconds do not divide a minute, an hour or a day")
