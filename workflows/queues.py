"""Which queue each job goes through, how wide the queues are, and how often they are looked into."""

from collections.abc import Mapping

from models.enums import Job

WORKERS_PER_QUEUE = 4  # all together below the pool, or a step waits for a connection that waits for its lock
RENEWALS = "renewals"  # apart from the others, and limited, so that no customer waits behind a day of charges
ACCOUNTS = "accounts"  # likewise
QUEUES: Mapping[Job, str] = {
    Job.ADVANCE_PAYMENT: "payments",
    Job.INQUIRE_PAYMENT: "payments",
    Job.FINISH_REGISTRATION: "payments",
    Job.REFUND_PAYMENT: "payments",
    Job.HANDLE_WEBHOOK: "payments",
    Job.REGISTER_ACCOUNT: "payments",
    Job.SEND_EMAIL: "emails",
    Job.RUN_CALENDAR: "calendar",
    Job.PURGE: "calendar",
    Job.RECONCILE: "calendar",
    Job.CHARGE_RENEWAL: RENEWALS,
    Job.FORGET_ACCOUNT: ACCOUNTS,
    Job.CHECK_ACCOUNT: ACCOUNTS,
}
POLLING_SECONDS: Mapping[str, float] = {  # a customer waits for the first
    "payments": 0.1,
    "emails": 0.5,
    "calendar": 0.5,
    RENEWALS: 0.5,
    ACCOUNTS: 0.5,
}
RESTLESS = frozenset({Job.RECONCILE})  # comes up so often that a run missed is not made up for
