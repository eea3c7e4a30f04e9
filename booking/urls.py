"""Addresses of the catalogue, the machines and the reservations."""

from django.urls import path

from booking.views import (
    at_machines,
    attendance,
    board,
    carts,
    catalogue,
    clicks,
    companies,
    displaced,
    exchanges,
    feeds,
    history,
    inductions,
    inventory,
    kiosk,
    message_choices,
    moving,
    pools,
    reservations,
    reserving,
    retiring,
    series,
    sessions,
    slots,
    upkeep,
    waitlist,
)
from booking.views.blocking import BlockPage
from booking.views.closures import ClosureRemoval, ClosuresPage, HolidaysPage
from booking.views.copying import MachineCopy
from booking.views.fault import FaultCare, fault, photo
from booking.views.fault_list import FaultBoardPage, FaultListPage
from booking.views.fault_report import fault_report
from booking.views.fault_reports import my_faults
from booking.views.faults import FaultResolve, FaultsPage
from booking.views.followed import (
    FollowedCalendarChange,
    FollowedCalendarPage,
    FollowedCalendarsPage,
)
from booking.views.hours import HoursPage
from booking.views.maintenance import MaintenancePage, MaintenanceRemoval
from booking.views.needs import NeedsPage
from booking.views.policies import MachinePoliciesPage, PoliciesPage, PolicyPage
from booking.views.questions import QuestionPage, QuestionsPage
from booking.views.quotas import QuotaPage, QuotasPage
from booking.views.reminders import ReminderPage, RemindersPage
from booking.views.requests import RequestPage, RequestsPage
from booking.views.series_changes import SeriesExtend, SeriesMove
from booking.views.skills import (
    RecognitionPage,
    RightRemoval,
    SkillPage,
    SkillsPage,
    certification_revoke,
    certify,
)
from booking.views.space_badges import SpaceBadgeChange, SpaceBadgesPage
from booking.views.space_inductions import InductionNew, InductionPage, InductionsPage
from booking.views.space_pools import PoolPage, PoolsPage
from booking.views.space_use import (
    CorrectionDecision,
    EntrySettlement,
    MissedUsePage,
    SpaceUsePage,
)
from booking.views.tablets import TabletChange, TabletsPage
from booking.views.trial import TrialPage

app_name = "booking"

urlpatterns = [
    path("", catalogue.home, name="home"),
    path("do/<str:key>/", clicks.click, name="click"),
    path("machines/", catalogue.catalogue, name="catalogue"),
    path("machines/find-a-time/", slots.slots, name="slots"),
    path("machines/<slug:space>/<slug:slug>/", catalogue.machine, name="machine"),
    path("machines/<slug:space>/<slug:slug>/qr.svg", catalogue.machine_qr, name="machine_qr"),
    path("machines/<slug:space>/<slug:slug>/reserve/", reserving.reserve, name="reserve"),
    path("machines/<slug:space>/<slug:slug>/verdict/", reserving.verdict, name="verdict"),
    path("machines/<slug:space>/<slug:slug>/series/", series.series_new, name="series_new"),
    path("machines/<slug:space>/<slug:slug>/wait/", waitlist.wish_new, name="wish_new"),
    path("pools/<slug:space>/<slug:slug>/", pools.pool, name="pool"),
    path("pools/<slug:space>/<slug:slug>/reserve/", pools.reserve, name="pool_reserve"),
    path("pools/<slug:space>/<slug:slug>/verdict/", pools.verdict, name="pool_verdict"),
    path("inductions/", inductions.inductions, name="inductions"),
    path("inductions/<int:pk>/", inductions.induction, name="induction"),
    path("inductions/<int:pk>/join/", inductions.induction_join, name="induction_join"),
    path("inductions/<int:pk>/leave/", inductions.induction_leave, name="induction_leave"),
    path("certify/<slug:space>/<slug:skill>/", certify, name="certify"),
    path("profile/messages/", message_choices.message_choices, name="message_choices"),
    path("cart/", carts.cart, name="cart"),
    path("cart/verdict/", carts.cart_verdict, name="cart_verdict"),
    path("cart/add/", carts.cart_add, name="cart_add"),
    path("cart/unit/", carts.cart_unit, name="cart_unit"),
    path("cart/remove/", carts.cart_remove, name="cart_remove"),
    path("waitlist/", waitlist.wishes, name="wishes"),
    path("waitlist/<int:pk>/leave/", waitlist.wish_leave, name="wish_leave"),
    path("offers/<int:pk>/", waitlist.offer, name="offer"),
    path("offers/<int:pk>/accept/", waitlist.offer_accept, name="offer_accept"),
    path("offers/<int:pk>/decline/", waitlist.offer_decline, name="offer_decline"),
    path("spaces/<slug:space>/waitlist/", waitlist.WaitlistPage.as_view(), name="space_waitlist"),
    path(
        "spaces/<slug:space>/waitlist/<int:pk>/",
        waitlist.WaitlistPage.as_view(http_method_names=["post"]),
        name="space_wish",
    ),
    path("at/<slug:space>/<slug:slug>/", attendance.at_machine, name="at_machine"),
    path("at/<slug:space>/<slug:slug>/loaded/", at_machines.loaded, name="loaded"),
    path(
        "machines/<slug:space>/<slug:slug>/priority/", at_machines.priority, name="machine_priority"
    ),
    path("spaces/<slug:space>/past/", history.HistoryPage.as_view(), name="history_import"),
    path("spaces/<slug:space>/past/rows.csv", history.HistoryRows.as_view(), name="history_rows"),
    path(
        "spaces/<slug:space>/past/<int:pk>/undo/",
        history.HistoryUndo.as_view(),
        name="history_undo",
    ),
    path(
        "spaces/<slug:space>/inventory/change/",
        inventory.BulkPage.as_view(),
        name="inventory_bulk",
    ),
    path(
        "spaces/<slug:space>/inventory/retire/",
        retiring.RetirePage.as_view(),
        name="inventory_retire",
    ),
    path(
        "spaces/<slug:space>/inventory/history/",
        inventory.ChangesPage.as_view(),
        name="inventory_changes",
    ),
    path(
        "spaces/<slug:space>/inventory/history/<int:pk>/",
        inventory.ChangePage.as_view(),
        name="inventory_change",
    ),
    path(
        "spaces/<slug:space>/machines/<slug:slug>/history/",
        inventory.MachineHistory.as_view(),
        name="machine_history",
    ),
    path(
        "spaces/<slug:space>/machines/<slug:slug>/retire/",
        retiring.RetirePage.as_view(),
        name="machine_retire",
    ),
    path(
        "spaces/<slug:space>/machines/<slug:slug>/move/",
        retiring.MovePage.as_view(),
        name="machine_move",
    ),
    path(
        "spaces/<slug:space>/machines/<slug:slug>/duplicate/",
        MachineCopy.as_view(),
        name="machine_copy",
    ),
    path(
        "spaces/<slug:space>/machines/<slug:slug>/back/",
        retiring.BackAction.as_view(),
        name="machine_back",
    ),
    path("at/<slug:space>/<slug:slug>/fault/", fault_report, name="fault_report"),
    path("faults/", my_faults, name="my_faults"),
    path("faults/<int:pk>/", fault, name="fault"),
    path("faults/photos/<int:pk>/", photo, name="fault_photo"),
    path("spaces/<slug:space>/faults/", FaultBoardPage.as_view(), name="fault_board"),
    path("spaces/<slug:space>/faults/all/", FaultListPage.as_view(), name="fault_list"),
    path("spaces/<slug:space>/faults/<int:pk>/", FaultCare.as_view(), name="fault_care"),
    path("spaces/<slug:space>/machines/<slug:slug>/needs/", NeedsPage.as_view(), name="needs"),
    path("at/<slug:space>/<slug:slug>/use/", attendance.use_at_once, name="use_at_once"),
    path("kiosk/", kiosk.kiosk, name="kiosk"),
    path("kiosk/entries/", kiosk.kiosk_entries, name="kiosk_entries"),
    path("kiosk/pair/", kiosk.kiosk_pair, name="kiosk_pair"),
    path("sessions/", sessions.mine, name="sessions"),
    path("sessions/<int:pk>/", sessions.session, name="session"),
    path("sessions/<int:pk>/leave/", sessions.session_leave, name="session_leave"),
    path("sessions/<int:pk>/extend/", sessions.session_extend, name="session_extend"),
    path("sessions/<int:pk>/correct/", sessions.session_correct, name="session_correct"),
    path("profile/calendars/", feeds.calendars, name="calendars"),
    path("profile/calendars/<int:pk>/revoke/", feeds.revoke, name="calendar_revoke"),
    path("series/", series.series_list, name="series_list"),
    path("series/<int:pk>/", series.series, name="series"),
    path("series/<int:pk>/cancel/", series.series_cancel, name="series_cancel"),
    path("series/<int:pk>/try-again/", series.series_try, name="series_try"),
    path("series/<int:pk>/move/", SeriesMove.as_view(), name="series_move"),
    path("series/<int:pk>/extend/", SeriesExtend.as_view(), name="series_extend"),
    path("reservations/", reservations.mine, name="reservations"),
    path("reservations/<int:pk>/", reservations.reservation, name="reservation"),
    path("reservations/<int:pk>/exchange/", exchanges.exchange_new, name="exchange_new"),
    path("exchanges/<int:pk>/", exchanges.exchange, name="exchange"),
    path("exchanges/<int:pk>/accept/", exchanges.exchange_accept, name="exchange_accept"),
    path("exchanges/<int:pk>/decline/", exchanges.exchange_decline, name="exchange_decline"),
    path("exchanges/<int:pk>/withdraw/", exchanges.exchange_withdraw, name="exchange_withdraw"),
    path("reservations/<int:pk>/move/", moving.move, name="reservation_move"),
    path("reservations/<int:pk>/extend/", moving.prolong, name="reservation_prolong"),
    path("reservations/<int:pk>/cancel/", reservations.cancel, name="reservation_cancel"),
    path("reservations/<int:pk>/restore/", reservations.restore, name="reservation_restore"),
    path("reservations/<int:pk>/check-in/", attendance.check_in, name="check_in"),
    path("reservations/<int:pk>/check-out/", attendance.check_out, name="check_out"),
    path("reservations/<int:pk>/event.ics", reservations.event, name="reservation_ics"),
    path("spaces/<slug:space>/skills/", SkillsPage.as_view(), name="space_skills"),
    path("spaces/<slug:space>/skills/<slug:skill>/", SkillPage.as_view(), name="space_skill"),
    path("spaces/<slug:space>/recognition/", RecognitionPage.as_view(), name="recognition"),
    path("spaces/<slug:space>/rights/<int:pk>/take/", RightRemoval.as_view(), name="right_take"),
    path(
        "spaces/<slug:space>/certifications/<int:pk>/revoke/",
        certification_revoke,
        name="certification_revoke",
    ),
    path("spaces/<slug:space>/inductions/", InductionsPage.as_view(), name="space_inductions"),
    path("spaces/<slug:space>/inductions/new/", InductionNew.as_view(), name="induction_new"),
    path(
        "spaces/<slug:space>/inductions/<int:pk>/",
        InductionPage.as_view(),
        name="space_induction",
    ),
    path("spaces/<slug:space>/pools/", PoolsPage.as_view(), name="space_pools"),
    path("spaces/<slug:space>/pools/<slug:pool>/", PoolPage.as_view(), name="space_pool"),
    path("displacements/<int:pk>/", displaced.displacement, name="displacement"),
    path(
        "displacements/<int:pk>/accept/", displaced.displacement_accept, name="displacement_accept"
    ),
    path(
        "displacements/<int:pk>/decline/",
        displaced.displacement_decline,
        name="displacement_decline",
    ),
    path(
        "displacements/<int:pk>/choose/", displaced.displacement_choose, name="displacement_choose"
    ),
    path("spaces/<slug:space>/displaced/", displaced.DisplacedPage.as_view(), name="displaced"),
    path(
        "spaces/<slug:space>/calendars/",
        FollowedCalendarsPage.as_view(),
        name="followed_calendars",
    ),
    path(
        "spaces/<slug:space>/calendars/<int:pk>/",
        FollowedCalendarPage.as_view(),
        name="followed_calendar",
    ),
    path(
        "spaces/<slug:space>/calendars/<int:pk>/<slug:change>/",
        FollowedCalendarChange.as_view(),
        name="followed_calendar_change",
    ),
    path(
        "spaces/<slug:space>/machines/<slug:slug>/calendars/",
        FollowedCalendarsPage.as_view(),
        name="machine_calendars",
    ),
    path("spaces/<slug:space>/hours/", HoursPage.as_view(), name="hours"),
    path(
        "spaces/<slug:space>/machines/<slug:slug>/hours/",
        HoursPage.as_view(),
        name="machine_hours",
    ),
    path("spaces/<slug:space>/closures/", ClosuresPage.as_view(), name="closures"),
    path(
        "spaces/<slug:space>/closures/<int:pk>/remove/",
        ClosureRemoval.as_view(),
        name="closure_remove",
    ),
    path("spaces/<slug:space>/holidays/", HolidaysPage.as_view(), name="holidays"),
    path("spaces/<slug:space>/machines/<slug:slug>/faults/", FaultsPage.as_view(), name="faults"),
    path(
        "spaces/<slug:space>/machines/<slug:slug>/faults/<int:pk>/resolve/",
        FaultResolve.as_view(),
        name="fault_resolve",
    ),
    path("spaces/<slug:space>/board/", board.board, name="board"),
    path("spaces/<slug:space>/use/", SpaceUsePage.as_view(), name="space_use"),
    path("spaces/<slug:space>/use/new/", MissedUsePage.as_view(), name="missed_use"),
    path(
        "spaces/<slug:space>/use/corrections/<int:pk>/",
        CorrectionDecision.as_view(),
        name="correction_decide",
    ),
    path(
        "spaces/<slug:space>/use/entries/<int:pk>/",
        EntrySettlement.as_view(),
        name="entry_settle",
    ),
    path("spaces/<slug:space>/questions/", QuestionsPage.as_view(), name="questions"),
    path("spaces/<slug:space>/questions/new/", QuestionPage.as_view(), name="question_new"),
    path("spaces/<slug:space>/questions/<int:pk>/", QuestionPage.as_view(), name="question"),
    path("spaces/<slug:space>/tablets/", TabletsPage.as_view(), name="tablets"),
    path("spaces/<slug:space>/tablets/<int:pk>/", TabletChange.as_view(), name="tablet_change"),
    path("spaces/<slug:space>/badges/", SpaceBadgesPage.as_view(), name="space_badges"),
    path(
        "spaces/<slug:space>/badges/<int:pk>/",
        SpaceBadgeChange.as_view(),
        name="space_badge_change",
    ),
    path("spaces/<slug:space>/series/", series.SpaceSeries.as_view(), name="space_series"),
    path("spaces/<slug:space>/requests/", RequestsPage.as_view(), name="requests"),
    path("spaces/<slug:space>/requests/<int:pk>/", RequestPage.as_view(), name="request"),
    path("spaces/<slug:space>/policies/", PoliciesPage.as_view(), name="policies"),
    path("spaces/<slug:space>/policies/try/", TrialPage.as_view(), name="policy_trial"),
    path(
        "spaces/<slug:space>/policies/categories/<slug:category>/<slug:audience>/",
        PolicyPage.as_view(),
        name="category_policy",
    ),
    path("spaces/<slug:space>/quotas/", QuotasPage.as_view(), name="quotas"),
    path("spaces/<slug:space>/quotas/new/", QuotaPage.as_view(), name="quota_new"),
    path("spaces/<slug:space>/quotas/<int:pk>/", QuotaPage.as_view(), name="quota"),
    path("spaces/<slug:space>/reminders/", RemindersPage.as_view(), name="space_reminders"),
    path("spaces/<slug:space>/reminders/new/", ReminderPage.as_view(), name="reminder_new"),
    path("spaces/<slug:space>/reminders/<int:pk>/", ReminderPage.as_view(), name="reminder"),
    path(
        "spaces/<slug:space>/machines/<slug:slug>/policies/",
        MachinePoliciesPage.as_view(),
        name="machine_policies",
    ),
    path(
        "spaces/<slug:space>/machines/<slug:slug>/policies/<slug:audience>/",
        PolicyPage.as_view(),
        name="machine_policy",
    ),
    path("spaces/<slug:space>/machines/<slug:slug>/block/", BlockPage.as_view(), name="block"),
    path(
        "spaces/<slug:space>/machines/<slug:slug>/maintenance/",
        MaintenancePage.as_view(),
        name="maintenance",
    ),
    path(
        "spaces/<slug:space>/machines/<slug:slug>/maintenance/<int:pk>/remove/",
        MaintenanceRemoval.as_view(),
        name="maintenance_remove",
    ),
    path("spaces/<slug:space>/upkeep/", upkeep.UpkeepPage.as_view(), name="upkeep"),
    path(
        "spaces/<slug:space>/upkeep/<int:pk>/photo/",
        upkeep.JobPhoto.as_view(),
        name="upkeep_photo",
    ),
    path(
        "spaces/<slug:space>/machines/<slug:slug>/upkeep/",
        upkeep.MachineUpkeepPage.as_view(),
        name="machine_upkeep",
    ),
    path(
        "spaces/<slug:space>/machines/<slug:slug>/upkeep/new/",
        upkeep.PlanPage.as_view(),
        name="upkeep_new",
    ),
    path(
        "spaces/<slug:space>/machines/<slug:slug>/upkeep/<int:pk>/",
        upkeep.PlanPage.as_view(),
        name="upkeep_plan",
    ),
    path(
        "spaces/<slug:space>/machines/<slug:slug>/upkeep/<int:pk>/place/",
        upkeep.PlanPlace.as_view(),
        name="upkeep_place",
    ),
    path(
        "spaces/<slug:space>/machines/<slug:slug>/upkeep/<int:pk>/done/",
        upkeep.JobPage.as_view(),
        name="upkeep_job",
    ),
    path(
        "spaces/<slug:space>/machines/<slug:slug>/counters/new/",
        upkeep.CounterPage.as_view(),
        name="counter_new",
    ),
    path(
        "spaces/<slug:space>/machines/<slug:slug>/counters/<int:pk>/",
        upkeep.CounterPage.as_view(),
        name="counter",
    ),
    path(
        "spaces/<slug:space>/machines/<slug:slug>/counters/<int:counter>/readings/<int:pk>/",
        upkeep.ReadingPage.as_view(),
        name="counter_reading",
    ),
    path("companies/<slug:company>/", companies.company, name="company"),
    path(
        "companies/<slug:company>/dates/<int:pk>/confirm/",
        companies.guarantee_confirm,
        name="guarantee_confirm",
    ),
    path(
        "spaces/<slug:space>/companies/", companies.SpaceCompanies.as_view(), name="space_companies"
    ),
    path(
        "spaces/<slug:space>/companies/<slug:company>/",
        companies.SpaceCompany.as_view(),
        name="space_company",
    ),
    path(
        "spaces/<slug:space>/companies/<slug:company>/contracts/<int:pk>/",
        companies.ContractPage.as_view(),
        name="contract",
    ),
    path(
        "spaces/<slug:space>/companies/<slug:company>/contracts/<int:pk>/windows/new/",
        companies.WindowPage.as_view(),
        name="guaranteed_window_new",
    ),
    path(
        "spaces/<slug:space>/companies/<slug:company>/contracts/<int:pk>/windows/<int:window>/",
        companies.WindowPage.as_view(),
        name="guaranteed_window",
    ),
]
