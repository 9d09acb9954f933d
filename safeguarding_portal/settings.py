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
    # With the network cut nothing answers and nothing is refused: within seconds a page must say so
    # (on this side), and the server must give up what a lost host held locked (on its side).
    _database.setdefault("OPTIONS", {}).update(
        connect_timeout=3,
        keepalives_idle=5,
        keepalives_interval=2,
        keepalives_count=3,
        tcp_user_timeout=10_000,
    )
DATABASES["default"]["OPTIONS"].setdefault(
    "options",
    "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 "
    "-c tcp_user_timeout=10000 -c idle_in_transaction_session_timeout=60000",
)
DATABASES["owner"]["TEST"] = {"MIRROR": "default"}
DATABASE_APP_ROLE = env.str("DATABASE_APP_ROLE", default="portal_app")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    # Throttling only. Nothing the portal promises lives in the cache.
    "default": {
        "BACKEND": "safeguarding_portal.caches.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        # With the network cut Redis neither answers nor refuses.
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
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
    "allauth.mfa",
    "allauth.socialaccount",
    "crispy_forms",
    "crispy_forms_gds",
    "csp",
    "django_htmx",
    "django_filters",
    "safeguarding_portal",
    "safeguarding_portal.design_system",
    "safeguarding_portal.accounts",
    "safeguarding_portal.audit",
    "safeguarding_portal.beat",
    "safeguarding_portal.outbox",
    "safeguarding_portal.files",
    "contacts",
    "policies",
    "concerns",
]
MIDDLEWARE = [
    "safeguarding_portal.middleware.RequestIdMiddleware",
    "safeguarding_portal.tracing.TracingMiddleware",
    "safeguarding_portal.middleware.ShutDoorsMiddleware",
    "safeguarding_portal.audit.source.SourceAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    # Outside of whatever answers in the place of a page: a kept page is one.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "safeguarding_portal.middleware.NoStoreMiddleware",
    "safeguarding_portal.middleware.OddAddressMiddleware",
    "safeguarding_portal.middleware.DatabaseAwayMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "safeguarding_portal.middleware.KeepTypedPageMiddleware",
    "safeguarding_portal.middleware.SignInMiddleware",
    "safeguarding_portal.accounts.gates.GatesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
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
    for name in ("UserAttributeSimilarityValidator",)
] + [
    {"NAME": "safeguarding_portal.accounts.passwords.BreachedPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
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

# --- Second factor, idle lock, fresh sign-in -----------------------------------------------------
MFA_ADAPTER = "safeguarding_portal.accounts.mfa.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Safeguarding portal"
# A phone's clock may be a step off; a code works once all the same (accounts/forms_factors.py).
MFA_TOTP_TOLERANCE = 1
MFA_PASSKEY_LOGIN_ENABLED = True
# A key that was left in the machine opens nothing by a touch: the finger, the face or a PIN does.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
# Our own decorator asks for a fresh sign-in, and keeps what was sent (reauthentication.py).
MFA_REAUTHENTICATION_REQUIRED = False
# The council's one address again; a passkey holds no secret to guess.
MFA_RATE_LIMITS = {"webauthn_login": "300/m/ip"}
MFA_FORMS = {"login_webauthn": "safeguarding_portal.accounts.forms_factors.PasskeySignInForm"}
# Keys that encrypt the secrets of second factors; the first encrypts, all decrypt.
MFA_KEYS = env.list("MFA_KEYS", default=[])
# Without anybody at the screen for so long, it is locked. Zero turns the lock off.
IDLE_LOCK_AFTER = timedelta(minutes=env.int("IDLE_LOCK_MINUTES", default=15))
# How old a password or passkey may be when something dangerous is done, in seconds.
ACCOUNT_REAUTHENTICATION_TIMEOUT = env.int("FRESH_SIGN_IN_MINUTES", default=5) * 60
# --- The council's directory (OpenID Connect, SCIM) ----------------------------------------------
# The issuer names the tenant: https://login.microsoftonline.com/<tenant>/v2.0. Empty: no provider.
OIDC_ISSUER = env.str("OIDC_ISSUER", default="").rstrip("/")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", default="")
# E-mail domains for which the provider is believed; only these are linked and open an account.
OIDC_TRUSTED_DOMAINS = env.list("OIDC_TRUSTED_DOMAINS", default=[])
OIDC_OPENS_ACCOUNTS = env.bool("OIDC_OPENS_ACCOUNTS", default=True)
# Groups mapped to roles and teams (accounts/groups.py), and who says who is in them: the token at
# each sign-in, or the directory's own reports.
OIDC_GROUPS = env.str("OIDC_GROUPS", default="")
GROUPS_FROM = env.str("GROUPS_FROM", default="token")
# What in `amr` counts as a second factor; or the provider asks everybody for one, and says nothing.
OIDC_STRONG_METHODS = env.list("OIDC_STRONG_METHODS", default=["mfa"])
OIDC_ALWAYS_STRONG = env.bool("OIDC_ALWAYS_STRONG", default=False)
# False: no password page, no sign-up; who comes in comes through the provider.
LOCAL_PASSWORDS = env.bool("LOCAL_PASSWORDS", default=True)
SOCIALACCOUNT_ADAPTER = "safeguarding_portal.accounts.social.SocialAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_STORE_TOKENS = False
# A link, not a form: browsers hold a form's redirect to the page's policy (form-action 'self').
SOCIALACCOUNT_LOGIN_ON_GET = True

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
# Workers and beat log as the web does, through LOGGING below.
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
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
# A beat may run on every host; one of them sends, and another takes over when this time has passed
# without a sign of it.
CELERY_BEAT_SCHEDULER = "safeguarding_portal.beat.scheduler:OneBeat"
BEAT_LEASE = timedelta(seconds=env.float("BEAT_LEASE_SECONDS", default=20))
CELERY_BEAT_SCHEDULE = {
    "sweep the outbox": {"task": "outbox.sweep", "schedule": 60.0},
    "seal the audit trail": {"task": "audit.seal", "schedule": 60.0},
    "check the audit trail": {"task": "audit.check", "schedule": 60.0},
    "look at what was read": {"task": "concerns.watch_reads", "schedule": 300.0},
    "ring the clocks": {"task": "concerns.escalate", "schedule": 60.0},
    "match people": {"task": "concerns.match_people", "schedule": 60.0},
    "take in delivery reports": {"task": "outbox.take_reports", "schedule": 60.0},
    "page for gaps in custody": {"task": "concerns.check_custody", "schedule": 60.0},
    "state the day in custody": {"task": "concerns.write_statement", "schedule": 600.0},
    "watch who covers what": {"task": "concerns.watch_cover", "schedule": 900.0},
    "send a synthetic concern": {"task": "concerns.probe", "schedule": 60.0},
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
    "work out how long records are kept": {"task": "concerns.retention", "schedule": 3600.0},
    "dispose of what two people agreed to": {"task": "concerns.dispose", "schedule": 300.0},
    "gather personal data asked for": {"task": "concerns.gather_personal_data", "schedule": 60.0},
    "remind of requests for personal data": {
        "task": "concerns.remind_of_requests",
        "schedule": 3600.0,
    },
    "remove pages kept over sign-in": {"task": "accounts.purge_kept_pages", "schedule": 300.0},
    "sweep files to scan": {"task": "files.sweep", "schedule": 60.0},
    "sweep bytes that no file names": {"task": "files.sweep_orphans", "schedule": 86400.0},
    "tell of files that were locked away": {"task": "concerns.tell_of_files", "schedule": 60.0},
}

# --- Requests for one's own data ---------------------------------------------------------------
# Who answers for personal data, as the letter to the person names them.
DATA_PROTECTION_CONTACT = env.str(
    "DATA_PROTECTION_CONTACT",
    default="The council's data protection officer (the council must supply name and address)",
)

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
# The synthetic concern: a mailbox that is nobody else's, where it is read (imaps://..., or file://
# with the folder of the demo's inbox), and the address of the portal that it walks through. Without
# a mailbox it is off, and nothing is known of delivery.
_inbox = f"file://{BASE_DIR / 'var' / 'inbox'}" if IS_DEMO else ""
PROBE_ADDRESS = env.str("PROBE_ADDRESS", default="probe@example.org" if IS_DEMO else "")
PROBE_INBOX_URL = env.str("PROBE_INBOX_URL", default=_inbox)
PROBE_URL = env.str("PROBE_URL", default=PORTAL_URL).rstrip("/")
PROBE_EVERY = timedelta(minutes=env.int("PROBE_EVERY_MINUTES", default=5))
# No proof for so long means that delivery is delayed: every page then says so, and it rings.
PROBE_LATE_AFTER = timedelta(minutes=env.int("PROBE_LATE_MINUTES", default=15))
AGENCY_LINK_VALID_FOR = timedelta(days=env.int("AGENCY_LINK_DAYS", default=30))
# Signs the seals over the audit trail: 32 bytes in base64; derived from SECRET_KEY if empty.
# Keys of the past verify what they signed: their public halves, 32 bytes in base64.
AUDIT_SEAL_KEY = env.str("AUDIT_SEAL_KEY", default="")
AUDIT_OLD_PUBLIC_KEYS = env.list("AUDIT_OLD_PUBLIC_KEYS", default=[])
# A file on another disk or host, to which every seal is copied.
AUDIT_SEAL_COPY = env.str(
    "AUDIT_SEAL_COPY", default=str(BASE_DIR / "var" / "audit-seals.jsonl") if IS_DEMO else ""
)
# Or a mailbox, to which the digest of the newest seal goes once an hour.
AUDIT_SEAL_MAILBOX = env.str("AUDIT_SEAL_MAILBOX", default="")
# Keys that encrypt a page kept while somebody signs in again; the first encrypts, all decrypt.
KEPT_PAGE_KEYS = env.list("KEPT_PAGE_KEYS", default=[])

# Where traces go, and under which name; without an address there are none (tracing.py).
OTEL_EXPORTER_OTLP_ENDPOINT = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", default="")
OTEL_SERVICE_NAME = env.str("OTEL_SERVICE_NAME", default="safeguarding-portal")
# "json", one object a line, or "plain"; neither holds personal data (logs.py).
LOG_FORMAT = env.str("LOG_FORMAT", default="plain" if IS_DEMO else "json")
# --- Records -----------------------------------------------------------------------------------
# How long an approved batch of disposal waits, in which it can be stopped.
DISPOSAL_COOLING_OFF = timedelta(days=env.int("DISPOSAL_COOLING_OFF_DAYS", default=7))
# Where files of records are, for disposal to destroy: see concerns/services/disposal_files.py.
DISPOSAL_FILE_STORES = ["concerns.services.files.DISPOSAL_STORE"]
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
    "filters": {"context": {"()": "safeguarding_portal.logs.ContextFilter"}},
    "formatters": {
        "plain": {
            "()": "safeguarding_portal.logs.PlainFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s %(task_id)s] %(message)s",
        },
        "json": {"()": "safeguarding_portal.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["context"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
