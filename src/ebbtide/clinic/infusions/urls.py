from django.urls import path

from ebbtide.clinic.infusions import streams, views

app_name = "infusions"

urlpatterns = [
    path("board/", views.board, name="board"),
    path("today/", views.today, name="today"),
    path("bookings/<int:booking_id>/check-in/", views.check_in, name="check_in"),
    path("patients/<str:number>/", views.chart, name="chart"),
    path("visits/<uuid:visit_id>/", views.room, name="room"),
    path("visits/<uuid:visit_id>/panels/", views.panels, name="panels"),
    path("visits/<uuid:visit_id>/trace/", views.trace, name="trace"),
    path("visits/<uuid:visit_id>/entries/<slug:kind>/", views.entry, name="entry"),
    path("visits/<uuid:visit_id>/sign/", views.sign, name="sign"),
    path("visits/<uuid:visit_id>/amend/", views.amend, name="amend"),
    path("visits/<uuid:visit_id>/stop/", views.stop, name="stop"),
    path("visits/<uuid:visit_id>/record.pdf", views.record_pdf, name="record_pdf"),
    path("live/visits/<uuid:visit_id>/", streams.visit, name="live_visit"),
    path("live/board/", streams.board, name="live_board"),
]
