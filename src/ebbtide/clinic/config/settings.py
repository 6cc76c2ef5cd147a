"""Every setting, read from the environment once, at start."""

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from ebbtide.clinic.config import environment as env

CLINIC_DIR = Path(__file__).resolve().parent.parent

# What this installation is
DEMO = env.read_flag("EBBTIDE_DEMO")
CLOCK_SPEED = env.read_factor("EBBTIDE_CLOCK_SPEED", default=1.0, maximum=1000.0)
if CLOCK_SPEED != 1.0 and not DEMO:
    raise ImproperlyConfigured("EBBTIDE_CLOCK_SPEED other than 1 needs EBBTIDE_DEMO=1.")
DEBUG = env.read_flag("EBBTIDE_DEBUG")
if DEBUG and not DEMO:
    raise ImproperlyConfigured("EBBTIDE_DEBUG needs EBBTIDE_DEMO=1: error pages show data.")

# Where it keeps its data
DATA_DIR = env.read_data_dir()
KEY = env.read_key(DATA_DIR)
DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
SECRET_KEY = os.environ.get("EBBTIDE_SECRET") or env.derive(KEY, purpose="django")
# A demo may replay one recording on every simulated monitor
RECORDING = os.environ.get("EBBTIDE_RECORDING", "") if DEMO else ""
DATABASE_URL = os.environ.get("EBBTIDE_DATABASE_URL", "")
DATABASES = {
    "default": env.read_postgres(DATABASE_URL)
    if DATABASE_URL
    else {
        "ENGINE": "ebbtide.clinic.config.sqlcipher",
        "NAME": str(DATA_DIR / "ebbtide.db"),
        "OPTIONS": {"key": KEY, "transaction_mode": "IMMEDIATE"},
        "CONN_MAX_AGE": None,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# What it is made of
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",  # used by the pages of allauth
    "django.contrib.staticfiles",
    "template_partials.apps.SimpleAppConfig",
    "django_cotton.apps.SimpleAppConfig",
    "csp",
    "axes",
    "rules.apps.AutodiscoverRulesConfig",
    "ebbtide.clinic.web",  # before allauth: its templates come first
    "ebbtide.clinic.audit",
    "ebbtide.clinic.sites",
    "ebbtide.clinic.people",
    "ebbtide.clinic.intake",
    "ebbtide.clinic.plans",
    "ebbtide.clinic.scheduling",
    "ebbtide.clinic.monitoring",
    "ebbtide.clinic.infusions",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "ebbtide.clinic.web.middleware.permissions_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "ebbtide.clinic.web.middleware.sliding_session",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "ebbtide.clinic.config.urls"
WSGI_APPLICATION = "ebbtide.clinic.config.wsgi.application"
ASGI_APPLICATION = "ebbtide.clinic.config.asgi.application"
TEMPLATE_LOADERS = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    TEMPLATE_LOADERS
                    if DEBUG
                    else [("django.template.loaders.cached.Loader", TEMPLATE_LOADERS)],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ebbtide.clinic.people.pages.shell",
            ],
        },
    }
]

# Language and time: stored in UTC, shown in the site's zone
LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

# Static files
STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("EBBTIDE_STATIC_DIR") or DATA_DIR / "static").absolute()
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA_DIR / "files")},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "ebbtide.clinic.config.storage.StaticStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

# Login
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "ebbtide.clinic.people.login.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# A whole site comes from one address; names are locked below.
ACCOUNT_RATE_LIMITS = {"login": "120/m/ip", "login_failed": "30/m/ip"}
MFA_ADAPTER = "ebbtide.clinic.people.login.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Ebbtide"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
MFA_KEY = env.derive(KEY, purpose="second factor")
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # the whole clinic shares one address
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "account/locked_out.html"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# Sessions end after 15 idle minutes, and with the browser
SESSION_COOKIE_AGE = 15 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = not DEMO
CSRF_COOKIE_SECURE = not DEMO
CSRF_COOKIE_HTTPONLY = True

# Web security
ALLOWED_HOSTS = env.read_words("EBBTIDE_ALLOWED_HOSTS", default=("localhost", "127.0.0.1", "[::1]"))
CSRF_TRUSTED_ORIGINS = [f"https://{host.lstrip('.')}" for host in ALLOWED_HOSTS if host != "*"]
SECURE_SSL_REDIRECT = not DEMO
SECURE_HSTS_SECONDS = 0 if DEMO else 365 * 24 * 3600
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if env.read_flag("EBBTIDE_BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],  # the second factor's QR code
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Logs carry ids, never patient data
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"ebbtide": {"level": os.environ.get("EBBTIDE_LOG_LEVEL", "INFO")}},
}
