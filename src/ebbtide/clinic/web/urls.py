"""Addresses of the design system."""

from django.urls import path

from ebbtide.clinic.web import views

app_name = "web"
urlpatterns = [
    path("theme/", views.theme, name="theme"),
    path("design/", views.design, name="design"),
    path("design/room/", views.room, name="design-room"),
]
