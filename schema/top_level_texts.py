"""What the top-level errors that a person may meet say; those that only a developer sees speak English."""

from collections.abc import Mapping

from schema.texts import Text

TOP_LEVEL: Mapping[str, Text] = {
    "UNAUTHENTICATED": Text("Accedi per continuare.", "Sign in first."),
    "INVALID_TOKEN": Text(
        "La tua sessione non è più valida: accedi di nuovo.", "Your session is not valid any more: sign in again."
    ),
    "IDENTITY_UNAVAILABLE": Text(
        "Il servizio di accesso non risponde: riprova tra poco.",
        "The sign-in service does not answer: try again shortly.",
    ),
    "RATE_LIMITED": Text(
        "Troppe richieste in poco tempo: riprova tra qualche istante.",
        "Too many requests in a short time: try again in a moment.",
    ),
    "TOO_MANY_AT_ONCE": Text(
        "Troppe richieste contemporanee: attendi la risposta delle precedenti.",
        "Too many requests at once: wait for the answers to the earlier ones.",
    ),
    "TOO_MANY_SUBSCRIPTIONS": Text(
        "Stai seguendo troppi pagamenti insieme: chiudi prima una delle pagine aperte.",
        "You are following too many payments at once: close one of the open pages first.",
    ),
    "TIMEOUT": Text("La risposta ha richiesto troppo tempo: riprova.", "The answer took too long: try again."),
    "INTERNAL_SERVER_ERROR": Text(
        "Qualcosa non ha funzionato da parte nostra. Riprova; se succede ancora, indicaci il codice della richiesta.",
        "Something went wrong on our side. Try again; if it happens again, tell us the id of the request.",
    ),
}
