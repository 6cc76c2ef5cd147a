"""Django as an ASGI application: streams."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ebbtide.clinic.config.settings")
application = get_asgi_application()
