"""Every setting of the portal, read from the environment; secure unless told otherwise.

Vital settings have no default: a production process that misses one stops at start, and says
which. `PORTAL_MODE=demo` (written by `make setup` into a git-ignored `.env`) is the one switch that
relaxes anything: it allows the embedded servers, plain http on loopback and demo people.
"""

from datetime import timedelta
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from safeguarding_portal import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

PORTAL_MODE = env.str("PORTAL_MODE", default="production")
if PORTAL_MODE not in {"production", "demo"}:
    raise ImproperlyConfigured("PORTAL_MODE must be 'production' or 'demo'.")
IS_DEMO = PORTAL_MODE == "demo"

# --- Vital -------------------------------------------------------------------------------------
SECRET_KEY = env.str("SECRET_KEY")
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("Set SECRET_KEY: a random text of at least 50 characters.")
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"] if IS_DEMO else [])
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("Set ALLOWED_HOSTS: the host names this portal answers to.")
# Where links in messages point, for example https://safeguarding.example.org
PORTAL_URL = env.str("PORTAL_URL", default="http://127.0.0.1:8000" if IS_DEMO else "").rstrip("/")
if not PORTAL_URL:
    raise ImproperlyConfigured("Set PORTAL_URL: the address that links in messages point to.")

# --- Data --------------------------------------------------------------------------------------
# The embedded servers run only in demo mode, and only while no other servers are named.
EMBEDDED = IS_DEMO and not (
    env.str("DATABASE_URL", default="") and env.str("REDIS_URL", default="")
)
_embedded = embedded.configured_urls() if EMBEDDED else None
DATABASE_URL = env.str("DATABASE_URL", default=_embedded.database if _embedded else "")
REDIS_URL = env.str("REDIS_URL", default=_embedded.redis if _embedded else "")
if not DATABASE_URL or not REDIS_URL:
    raise ImproperlyConfigured("Set DATABASE_URL and REDIS_URL (or PORTAL_MODE=demo).")
# The owner role migrates; the portal itself runs as a role that cannot change tables or history.
DATABASE_OWNER_URL = env.str(
    "DATABASE_OWNER_URL",
    default=_embedded.owner_database
    if _embedded and _embedded.database == DATABASE_URL
    else DATABASE_URL,
)
DATABASES = {
    "default": env.db_url_config(DATABASE_URL),
    "owner": env.db_url_config(DATABASE_OWNER_URL),
}
for _database in DATABASES.values():
    _database["CONN_MAX_AGE"] = 600
    _database["CONN_HEALTH_CHECKS"] = True
    _database.setdefault("OPTIONS", {})["connect_timeout"] = 3
DATABASES["owner"]["TEST"] = {"MIRROR": "default"}
DATABASE_APP_ROLE = env.str("DATABASE_APP_ROLE", default="portal_app")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    # Throttling only. Nothing the portal promises lives in the cache.
    "default": {
        "BACKEND": "safeguarding_portal.caches.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
    }
}

# --- Applications ------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "crispy_forms_gds",
    "csp",
    "django_htmx",
    "django_filters",
    "safeguarding_portal",
    "safeguarding_portal.design_system",
    "safeguarding_portal.accounts",
    "safeguarding_portal.audit",
    "safeguarding_portal.outbox",
    "safeguarding_portal.files",
    "contacts",
    "policies",
    "concerns",
]
MIDDLEWARE = [
    "safeguarding_portal.middleware.RequestIdMiddleware",
    "safeguarding_portal.audit.source.SourceAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "safeguarding_portal.middleware.DatabaseAwayMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "safeguarding_portal.middleware.KeepTypedPageMiddleware",
    "safeguarding_portal.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "safeguarding_portal.middleware.NoStoreMiddleware",
]
ROOT_URLCONF = "safeguarding_portal.urls"
WSGI_APPLICATION = "safeguarding_portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "safeguarding_portal.context.portal",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["gds"]
CRISPY_TEMPLATE_PACK = "gds"

# --- People ------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator")
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    }
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "concerns:home"
LOGOUT_REDIRECT_URL = "contacts:get_help_now"
ACCOUNT_ADAPTER = "safeguarding_portal.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
# Codes instead of secret links: a code works only in the browser that asked for it, for a quarter
# of an hour and three tries, so that no outbox row is ever a key to the portal.
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {
    "login": "safeguarding_portal.accounts.forms.SignInForm",
    "signup": "safeguarding_portal.accounts.forms.SignUpForm",
    "reset_password": "safeguarding_portal.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "safeguarding_portal.accounts.forms.NewPasswordForm",
    "change_password": "safeguarding_portal.accounts.forms.ChangePasswordForm",
    "set_password": "safeguarding_portal.accounts.forms.SetPasswordForm",
    "reauthenticate": "safeguarding_portal.accounts.forms.ReauthenticateForm",
    "confirm_email_verification_code": "safeguarding_portal.accounts.forms.EmailCodeForm",
    "confirm_password_reset_code": "safeguarding_portal.accounts.forms.ResetCodeForm",
}
# A council shares one address: the limit per address is far above daily use, and a browser in
# which the person has signed in before is counted by itself (accounts/devices.py), so that nobody
# can lock the council out. `None` takes allauth's limit per address away.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": "5/5m/key,300/5m/ip",
    "signup": "300/m/ip",
    "reset_password": "300/m/ip,5/15m/key",
    "reset_password_from_key": "300/m/ip",
    "confirm_email": "1/10s/key",
}
# E-mail domains in which a person may open their own account after verifying the address.
ACCOUNT_ALLOWED_DOMAINS = env.list("ACCOUNT_ALLOWED_DOMAINS", default=[])
# How many proxies in front of the portal may be believed about the visitor's address.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

# --- Transport, cookies, headers -----------------------------------------------------------------
_https = PORTAL_URL.startswith("https://")
if not _https and not IS_DEMO:
    raise ImproperlyConfigured("PORTAL_URL must start with https:// outside demo mode.")
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=_https)
SECURE_REDIRECT_EXEMPT = [r"^health/"]
if env.bool("TRUST_X_FORWARDED_PROTO", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
SECURE_HSTS_PRELOAD = _https
# Not "no-referrer": with it Chromium sends "Origin: null" with every form, and no form would pass
# the CSRF check. Other sites learn nothing from this either.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_NAME = "__Host-session" if _https else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if _https else "csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(timedelta(hours=env.int("SESSION_HOURS", default=10)).total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_TRUSTED_ORIGINS = [PORTAL_URL]
CSRF_FAILURE_VIEW = "safeguarding_portal.views.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
# A pasted account of 200 KB must reach the form, which then says how much too long it is.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- Static files ------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = IS_DEMO
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if IS_DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Language and time: stored in UTC, shown in Europe/London -------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

# --- Celery ------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A worker never gives the queue up: by default it would end after a hundred tries.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    # Fail at once when the queue is away (kombu would try for six seconds, with the reporter
    # waiting): the sweep delivers what the nudge could not announce. Workers still reconnect.
    "max_retries": 0,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "Europe/London"
CELERY_BEAT_SCHEDULE_FILENAME = env.str(
    "BEAT_SCHEDULE_FILE", default=str(BASE_DIR / "var" / "celerybeat-schedule")
)
CELERY_BEAT_SCHEDULE = {
    "sweep the outbox": {"task": "outbox.sweep", "schedule": 60.0},
    "seal the audit trail": {"task": "audit.seal", "schedule": 60.0},
    "ring the clocks": {"task": "concerns.escalate", "schedule": 60.0},
    "match people": {"task": "concerns.match_people", "schedule": 60.0},
    "take in delivery reports": {"task": "outbox.take_reports", "schedule": 60.0},
    "page for gaps in custody": {"task": "concerns.check_custody", "schedule": 60.0},
    "state the day in custody": {"task": "concerns.write_statement", "schedule": 600.0},
    "watch who covers what": {"task": "concerns.watch_cover", "schedule": 900.0},
    "remind of tasks and reviews": {"task": "concerns.remind", "schedule": 60.0},
    "remind about and remove old drafts": {"task": "concerns.expire_drafts", "schedule": 3600.0},
    "remind of access to review": {"task": "concerns.remind_of_reviews", "schedule": 3600.0},
    "chase paper forms": {"task": "concerns.chase_paper_forms", "schedule": 3600.0},
    "remind of policies to review and to read": {
        "task": "policies.remind",
        "schedule": crontab(hour=7, minute=30),
    },
    "follow the published directory": {"task": "contacts.follow", "schedule": 60.0},
    "ring urgent changes of the directory": {"task": "contacts.ring_urgent", "schedule": 900.0},
    "remind of lines to verify": {"task": "contacts.remind", "schedule": 21600.0},
    "tell news of saved filters": {"task": "concerns.filter_digests", "schedule": 300.0},
    "remove pages kept over sign-in": {"task": "accounts.purge_kept_pages", "schedule": 300.0},
    "sweep files to scan": {"task": "files.sweep", "schedule": 60.0},
    "sweep bytes that no file names": {"task": "files.sweep_orphans", "schedule": 86400.0},
    "tell of files that were locked away": {"task": "concerns.tell_of_files", "schedule": 60.0},
}

# --- Sending -----------------------------------------------------------------------------------
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
_mail = env.email_url(
    "EMAIL_URL", default=embedded.configured_urls().email if IS_DEMO else env.NOTSET
)
EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"], _mail["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"], _mail["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="safeguarding-portal@example.org")
# Outside production every message goes to the catch-all, unless its address is allowed by name.
OUTBOX_REAL_DELIVERY = env.bool("OUTBOX_REAL_DELIVERY", default=False) and not IS_DEMO
OUTBOX_ALLOW_LIST = env.list("OUTBOX_ALLOW_LIST", default=[])
OUTBOX_CATCH_ALL_EMAIL = env.str("OUTBOX_CATCH_ALL_EMAIL", default="catch-all@example.org")
OUTBOX_CATCH_ALL_PHONE = env.str("OUTBOX_CATCH_ALL_PHONE", default="07700900000")
NOTIFY_BASE_URL = env.str("NOTIFY_BASE_URL", default="https://api.notifications.service.gov.uk")
NOTIFY_API_KEY = env.str("NOTIFY_API_KEY", default="")
NOTIFY_EMAIL_TEMPLATE_ID = env.str("NOTIFY_EMAIL_TEMPLATE_ID", default="")
NOTIFY_SMS_TEMPLATE_ID = env.str("NOTIFY_SMS_TEMPLATE_ID", default="")
WEBHOOK_SIGNING_KEY = env.str("WEBHOOK_SIGNING_KEY", default="")
# Where bounces and replies come in: imaps://user:password@host/INBOX
RECEIPTS_IMAP_URL = env.str("RECEIPTS_IMAP_URL", default="")
RECEIPTS_SIGNING_KEY = env.str("RECEIPTS_SIGNING_KEY", default="")
NOTIFY_CALLBACK_TOKEN = env.str("NOTIFY_CALLBACK_TOKEN", default="")
# "smtp" or "notify": which provider carries e-mail.
EMAIL_SENDER = env.str("EMAIL_SENDER", default="smtp")

# --- The portal's own --------------------------------------------------------------------------
CONTACTS_SNAPSHOT = Path(
    env.str("CONTACTS_SNAPSHOT", default=str(BASE_DIR / "var" / "contacts-snapshot.json"))
)
# Signs the directory that devices keep for use without a network (PEM, P-256); derived if not set.
DIRECTORY_SIGNING_KEY = env.str("DIRECTORY_SIGNING_KEY", default="")
# Domains in which the directory's mailboxes may lie; what lies below one may too.
DIRECTORY_MAIL_DOMAINS = env.list(
    "DIRECTORY_MAIL_DOMAINS",
    default=["gov.uk", "police.uk", "nhs.uk", "nhs.net", "birminghamchildrenstrust.co.uk"],
)
# After how long an urgent change of the directory rings again while no second person approved it.
DIRECTORY_URGENT_RINGS_EVERY = timedelta(hours=env.int("DIRECTORY_URGENT_HOURS", default=4))
# How long a line that is due for verification is amber before it turns red.
DIRECTORY_AMBER_FOR = timedelta(days=env.int("DIRECTORY_AMBER_DAYS", default=14))
DRAFT_EXPIRES_AFTER = timedelta(days=env.int("DRAFT_EXPIRES_DAYS", default=30))
# Paper forms that have not come back: how long until their holder is asked, and asked again.
PAPER_CHASE_AFTER = timedelta(days=env.int("PAPER_CHASE_DAYS", default=30))
# Whoever watches the portal reads /metrics with this bearer token; without one it is not there.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
AGENCY_LINK_VALID_FOR = timedelta(days=env.int("AGENCY_LINK_DAYS", default=30))
# Signs the seals over the audit trail: 32 bytes in base64; derived from SECRET_KEY if empty.
# Keys of the past verify what they signed: their public halves, 32 bytes in base64.
AUDIT_SEAL_KEY = env.str("AUDIT_SEAL_KEY", default="")
AUDIT_OLD_PUBLIC_KEYS = env.list("AUDIT_OLD_PUBLIC_KEYS", default=[])
# A file on another disk or host, to which every seal is copied.
AUDIT_SEAL_COPY = env.str(
    "AUDIT_SEAL_COPY", default=str(BASE_DIR / "var" / "audit-seals.jsonl") if IS_DEMO else ""
)
# Keys that encrypt a page kept while somebody signs in again; the first encrypts, all decrypt.
KEPT_PAGE_KEYS = env.list("KEPT_PAGE_KEYS", default=[])

# --- Files -------------------------------------------------------------------------------------
# Where sealed files lie: outside whatever a web server serves, shared by web and worker.
FILES_ROOT = Path(env.str("FILES_ROOT", default=str(BASE_DIR / "var" / "files")))
# Master keys, each `id:32 bytes in base64`; the first wraps, all unwrap (docs/operations.md).
FILES_KEYS = env.list("FILES_KEYS", default=[])
if not FILES_KEYS and not IS_DEMO:
    raise ImproperlyConfigured("Set FILES_KEYS: the keys under which files are kept.")
# What gives the keys: a KMS is another callable with the interface of `files.keys.KeyProvider`.
FILES_KEY_PROVIDER = env.str(
    "FILES_KEY_PROVIDER", default="safeguarding_portal.files.keys.environment_keys"
)
# ClamAV's daemon: unix:///run/clamav/clamd.ctl or tcp://host:3310. Without it no file is shown.
CLAMD_URL = env.str("CLAMD_URL", default="")
FILES_MAX_BYTES = env.int("FILES_MAX_MB", default=25) * 1024 * 1024
FILES_MAX_COUNT = env.int("FILES_MAX_COUNT", default=20)
FILES_MAX_TOTAL = env.int("FILES_MAX_TOTAL_MB", default=150) * 1024 * 1024
# A picture with more dots, or a document that unpacks to more, is refused before it is opened.
FILES_MAX_PIXELS = env.int("FILES_MAX_MEGAPIXELS", default=60) * 1_000_000
FILES_MAX_UNZIPPED = env.int("FILES_MAX_UNZIPPED_MB", default=200) * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "safeguarding_portal.files.incoming.SealingUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "safeguarding_portal.request_id.RequestIdFilter"}},
    "formatters": {
        "plain": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"}
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "filters": ["request_id"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
