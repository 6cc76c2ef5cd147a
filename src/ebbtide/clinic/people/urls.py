"""Addresses about people."""

from django.urls import path

from ebbtide.clinic.people import views

app_name = "people"
urlpatterns = [
    path("", views.home, name="home"),
    path("patients/", views.patients, name="patients"),
]
