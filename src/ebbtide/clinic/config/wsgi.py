"""Django as a WSGI application: pages."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ebbtide.clinic.config.settings")
application = get_wsgi_application()
