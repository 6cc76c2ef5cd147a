"""What a reader of the log may ask for."""

from django import forms


class EventFilter(forms.Form):
    """Who, whose data, which day; all of them optional."""

    actor = forms.CharField(label="User name", max_length=150, required=False)
    patient_number = forms.CharField(label="Patient number", max_length=12, required=False)
    day = forms.DateField(
        label="Day", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    page = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
