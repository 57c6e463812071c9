"""The flag "Rinnovo automatico" beside a payment: its default and its effect."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.enums import AutoRenewalBlockCode, AutoRenewalStatus, Product
from policies.decisions import Block, Decision
from policies.renewal_choices import OFF, Registration, RenewalState, after_payment, default_choice
from policies.renewal_terms import TERMS

ALLOWED: Decision[AutoRenewalBlockCode] = Decision()
REFUSED = Decision(blocks=(Block(code=AutoRenewalBlockCode.SERVICE_NOT_ACTIVE, resolvable=False),))
SYSTEM = Decision(blocks=(Block(code=AutoRenewalBlockCode.RENEWAL_ORDER_OPEN, resolvable=False),))
ON_FORMER = RenewalState(status=AutoRenewalStatus.ON, account_id="acc_former")
ON_CHOSEN = RenewalState(status=AutoRenewalStatus.ON, account_id="acc_chosen")
PENDING_CHOSEN = RenewalState(status=AutoRenewalStatus.PENDING, account_id="acc_chosen")
LOST = RenewalState(status=AutoRenewalStatus.ACCOUNT_LOST, account_id="acc_former")
STORED_STATUSES = [status for status in AutoRenewalStatus if status is not AutoRenewalStatus.UNAVAILABLE]
STATES = st.sampled_from(STORED_STATUSES).map(
    lambda status: OFF if status is AutoRenewalStatus.OFF else RenewalState(status=status, account_id="acc_former")
)


def apply(
    current: RenewalState,
    *,
    choice: bool | None,
    registration: Registration = Registration.REGISTERED,
    chosen_account_id: str | None = "acc_chosen",
    product: Product = Product.PEC,
    system_renewal: bool = False,
) -> RenewalState:
    return after_payment(
        product=product,
        choice=choice,
        current=current,
        chosen_account_id=chosen_account_id,
        registration=registration,
        system_renewal=system_renewal,
    )


@pytest.mark.parametrize("current", [OFF, ON_FORMER, LOST, PENDING_CHOSEN])
def test_the_flag_kept_switches_on_with_the_account_that_paid(current: RenewalState) -> None:
    assert apply(current, choice=True) == ON_CHOSEN


@pytest.mark.parametrize("registration", Registration)
@pytest.mark.parametrize("current", [OFF, ON_FORMER, LOST, PENDING_CHOSEN])
def test_the_flag_removed_switches_off(current: RenewalState, registration: Registration) -> None:
    assert apply(current, choice=False, registration=registration) == OFF


@pytest.mark.parametrize("current", [OFF, ON_FORMER])
def test_an_account_that_paypal_is_still_saving_leaves_renewal_pending(current: RenewalState) -> None:
    assert apply(current, choice=True, registration=Registration.EXPECTED) == PENDING_CHOSEN


@pytest.mark.parametrize("current", [OFF, ON_FORMER])
def test_an_account_that_paypal_does_not_save_leaves_renewal_off(current: RenewalState) -> None:
    assert apply(current, choice=True, registration=Registration.REFUSED) == OFF
    assert apply(current, choice=True, registration=Registration.REFUSED, chosen_account_id=None) == OFF


@pytest.mark.parametrize("registration", Registration)
def test_renewal_never_goes_on_without_an_account(registration: Registration) -> None:
    assert apply(ON_FORMER, choice=True, registration=registration, chosen_account_id=None) == OFF


@pytest.mark.parametrize("choice", [True, False, None])
@pytest.mark.parametrize("current", [OFF, ON_FORMER, LOST])
def test_the_renewal_order_of_the_system_leaves_renewal_and_account_alone(
    current: RenewalState, choice: bool | None
) -> None:
    assert apply(current, choice=choice, system_renewal=True) == current


@pytest.mark.parametrize("product", [Product.FIRMA_DIGITALE, Product.MARCA_TEMPORALE])
@pytest.mark.parametrize("choice", [True, False, None])
def test_products_without_renewal_stay_untouched(product: Product, choice: bool | None) -> None:
    unavailable = RenewalState(status=AutoRenewalStatus.UNAVAILABLE, account_id=None)

    assert apply(unavailable, choice=choice, product=product) == unavailable
    assert apply(OFF, choice=choice, product=product) == OFF


def test_a_service_without_a_choice_stays_untouched() -> None:
    assert apply(ON_FORMER, choice=None) == ON_FORMER


@pytest.mark.parametrize("product", [product for product, terms in TERMS.items() if terms.offered])
@pytest.mark.parametrize("default_on", [True, False])
def test_a_renewal_that_is_off_is_shown_at_the_default_and_staged_as_shown(product: Product, default_on: bool) -> None:
    shown = default_choice(decision=ALLOWED, default_on=default_on, current=OFF, system_renewal=False)

    assert shown is default_on
    assert apply(OFF, choice=shown, product=product) == (ON_CHOSEN if default_on else OFF)


SHOWN_ON: dict[AutoRenewalStatus, bool] = {
    AutoRenewalStatus.UNAVAILABLE: False,
    AutoRenewalStatus.OFF: False,
    AutoRenewalStatus.PENDING: True,
    AutoRenewalStatus.ON: True,
    AutoRenewalStatus.RETRYING: True,
    AutoRenewalStatus.ACCOUNT_LOST: True,
}


@pytest.mark.parametrize("status", AutoRenewalStatus)
def test_a_renewal_that_is_on_is_shown_on_even_where_the_default_is_off(status: AutoRenewalStatus) -> None:
    current = RenewalState(status=status, account_id="acc_former")

    shown = default_choice(decision=ALLOWED, default_on=False, current=current, system_renewal=False)

    assert shown is SHOWN_ON[status]


@pytest.mark.parametrize("default_on", [True, False])
@pytest.mark.parametrize("status", AutoRenewalStatus)
def test_the_renewal_order_of_the_system_shows_what_is(status: AutoRenewalStatus, default_on: bool) -> None:
    current = RenewalState(status=status, account_id="acc_former")

    shown = default_choice(decision=SYSTEM, default_on=default_on, current=current, system_renewal=True)

    assert shown is SHOWN_ON[status]


@pytest.mark.parametrize("current", [OFF, ON_FORMER])
def test_the_flag_is_not_shown_on_where_it_is_not_allowed(current: RenewalState) -> None:
    assert default_choice(decision=REFUSED, default_on=True, current=current, system_renewal=False) is False


@given(
    product=st.sampled_from(Product),
    choice=st.none() | st.booleans(),
    current=STATES,
    chosen_account_id=st.none() | st.just("acc_chosen"),
    registration=st.sampled_from(Registration),
    system_renewal=st.booleans(),
)
def test_renewal_is_on_only_with_an_account_and_new_only_with_a_stored_one(
    product: Product,
    choice: bool | None,
    current: RenewalState,
    chosen_account_id: str | None,
    registration: Registration,
    system_renewal: bool,
) -> None:
    after = apply(
        current,
        choice=choice,
        registration=registration,
        chosen_account_id=chosen_account_id,
        product=product,
        system_renewal=system_renewal,
    )

    assert (after.account_id is None) == (after.status is AutoRenewalStatus.OFF)
    if after != current and after.status is AutoRenewalStatus.ON:
        assert after.account_id == chosen_account_id
        assert registration is Registration.REGISTERED
