"""What ours is measured against: a form page as Wagtail's documentation builds it."""

from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.contrib.forms.models import AbstractForm, AbstractFormField


class StockField(AbstractFormField):
    """One field of the form."""

    page = ParentalKey("StockFormPage", on_delete=models.CASCADE, related_name="form_fields")


class StockFormPage(AbstractForm):
    """The form; each answer is a FormSubmission."""

    template = "stock/stock_form_page.html"
    landing_page_template = "stock/stock_landing_page.html"
