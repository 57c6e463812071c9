"""The days of a renewal, in Rome, and its one instant, in UTC."""

import calendar
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.enums import Product
from policies.renewal_calendar import RenewalSchedule, add_years, rome_day, schedule, start_of_rome_day

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2200, 12, 31))
LEAP_DAYS = st.sampled_from([date(year, 2, 29) for year in range(2000, 2200) if calendar.isleap(year)])
TERMS_OF_INVOICING = st.integers(min_value=1, max_value=10)


def test_the_days_of_one_renewal_are_exact() -> None:
    renewal = schedule(product=Product.PEC, expires_on=date(2026, 6, 30), term_years=2)

    assert renewal == RenewalSchedule(
        warning_on=date(2026, 4, 1),
        notice_on=date(2026, 5, 31),
        charge_on=date(2026, 6, 23),
        retry_on=(date(2026, 6, 25), date(2026, 6, 27), date(2026, 6, 29)),
        stoppable_until=datetime(2026, 6, 22, 22, tzinfo=UTC),
        expires_on=date(2026, 6, 30),
        grace_ends_on=date(2026, 9, 28),
        new_expiry=date(2028, 6, 30),
        term_years=2,
    )


def test_a_product_without_grace_ends_at_its_expiry() -> None:
    renewal = schedule(product=Product.SPID, expires_on=date(2027, 1, 5), term_years=1)

    assert renewal.grace_ends_on == date(2027, 1, 5)
    assert renewal.charge_on == date(2026, 12, 29)
    assert renewal.stoppable_until == datetime(2026, 12, 28, 23, tzinfo=UTC)


def test_days_are_counted_through_a_leap_february() -> None:
    renewal = schedule(product=Product.CONSERVAZIONE, expires_on=date(2028, 3, 5), term_years=1)

    assert renewal.charge_on == date(2028, 2, 27)
    assert renewal.retry_on == (date(2028, 2, 29), date(2028, 3, 2), date(2028, 3, 4))


@pytest.mark.parametrize(
    ("product", "previous_years", "renewed_years"),
    [
        (Product.PEC, 5, 5),
        (Product.PEC, 6, 5),
        (Product.SPID, 3, 2),
        (Product.FATTURAZIONE_PA, 11, 10),
        (Product.CONSERVAZIONE, 0, 1),
    ],
)
def test_a_term_outside_the_limits_on_sale_is_brought_within_them(
    product: Product, previous_years: int, renewed_years: int
) -> None:
    renewal = schedule(product=product, expires_on=date(2026, 6, 30), term_years=previous_years)

    assert renewal.term_years == renewed_years
    assert renewal.new_expiry == date(2026 + renewed_years, 6, 30)


@pytest.mark.parametrize("product", [Product.FIRMA_DIGITALE, Product.MARCA_TEMPORALE])
def test_a_product_without_automatic_renewal_has_no_calendar(product: Product) -> None:
    with pytest.raises(ValueError, match=product):
        schedule(product=product, expires_on=date(2026, 6, 30), term_years=1)


@pytest.mark.parametrize(
    ("day", "years", "later"),
    [
        (date(2026, 6, 30), 1, date(2027, 6, 30)),
        (date(2028, 2, 29), 1, date(2029, 2, 28)),
        (date(2028, 2, 29), 4, date(2032, 2, 29)),
        (date(2096, 2, 29), 4, date(2100, 2, 28)),  # 2100 is a common year
        (date(2027, 2, 28), 1, date(2028, 2, 28)),
        (date(2027, 3, 1), 1, date(2028, 3, 1)),
        (date(2026, 12, 31), 10, date(2036, 12, 31)),
    ],
)
def test_years_are_added_to_the_same_day_and_a_missing_day_is_the_last_of_february(
    day: date, years: int, later: date
) -> None:
    assert add_years(day, years) == later


@pytest.mark.parametrize(
    ("day", "start"),
    [
        (date(2026, 1, 15), datetime(2026, 1, 14, 23, tzinfo=UTC)),
        (date(2026, 7, 15), datetime(2026, 7, 14, 22, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 28, 23, tzinfo=UTC)),  # clocks go forward at two this night
        (date(2026, 3, 30), datetime(2026, 3, 29, 22, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 24, 22, tzinfo=UTC)),  # and back at three this one
        (date(2026, 10, 26), datetime(2026, 10, 25, 23, tzinfo=UTC)),
    ],
)
def test_the_day_begins_at_romes_midnight_in_summer_and_winter(day: date, start: datetime) -> None:
    begun = start_of_rome_day(day)

    assert begun == start
    assert begun.tzinfo is UTC


def test_the_day_of_an_instant_is_romes_wherever_the_instant_was_written() -> None:
    in_new_york = datetime(2026, 12, 31, 18, 30, tzinfo=timezone(timedelta(hours=-5)))

    assert rome_day(datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC)) == date(2026, 12, 31)
    assert rome_day(datetime(2026, 12, 31, 23, tzinfo=UTC)) == date(2027, 1, 1)
    assert rome_day(in_new_york) == date(2027, 1, 1)


def test_an_instant_without_a_zone_has_no_day() -> None:
    with pytest.raises(ValueError, match="no zone"):
        rome_day(datetime(2026, 6, 30, 12))


@given(expires_on=DAYS | LEAP_DAYS, term_years=TERMS_OF_INVOICING)
def test_the_days_follow_each_other_whatever_the_expiry_and_the_term(expires_on: date, term_years: int) -> None:
    renewal = schedule(product=Product.FATTURAZIONE_PA, expires_on=expires_on, term_years=term_years)

    days = [renewal.warning_on, renewal.notice_on, renewal.charge_on, *renewal.retry_on, renewal.expires_on]
    assert days == sorted(set(days))
    assert [(expires_on - day).days for day in days] == [90, 30, 7, 5, 3, 1, 0]
    assert renewal.expires_on < renewal.grace_ends_on < renewal.new_expiry
    assert rome_day(renewal.stoppable_until) == renewal.charge_on


@given(day=DAYS | LEAP_DAYS, years=st.integers(min_value=1, max_value=10))
def test_added_years_keep_the_month_and_never_give_a_day_too_many(day: date, years: int) -> None:
    later = add_years(day, years)

    assert (later.year, later.month) == (day.year + years, day.month)
    assert later.day == day.day or (day.day, later.day, calendar.isleap(later.year)) == (29, 28, False)


@given(day=DAYS)
def test_a_day_begins_at_its_start_and_the_day_before_ends_there(day: date) -> None:
    start = start_of_rome_day(day)

    assert rome_day(start) == day
    assert rome_day(start - timedelta(microseconds=1)) == day - timedelta(days=1)
    assert start_of_rome_day(day + timedelta(days=1)) - start in {timedelta(hours=hours) for hours in (23, 24, 25)}
