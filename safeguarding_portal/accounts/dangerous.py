"""Which addresses ask for a fresh sign-in, and why, as a table; a test compares it with the views.

The decorator `reauthentication.fresh_sign_in_required` does it. A new address that gives access
away, takes records out, or puts an end to something belongs here.
"""

from __future__ import annotations

ASKS_FOR_FRESH_SIGN_IN: dict[str, str] = {
    # Who may sign in, and as what.
    "account_change_password": "takes the account over",
    "account_set_password": "takes the account over",
    "accounts:set_up_app": "takes the account over",
    "accounts:set_up_passkey": "takes the account over",
    "accounts:recovery_codes": "takes the account over",
    "accounts:remove_factor": "weakens the account",
    "accounts:reset_factor": "weakens somebody's account",
    "accounts:sign_out_everywhere": "ends every session",
    "accounts:invite_one": "gives a role",
    "accounts:invite_many": "gives roles",
    # Who may see a record.
    "concerns:triage:break_glass": "opens a record that is closed to the person",
    "concerns:triage:grant": "opens a record to somebody",
    "concerns:triage:revoke": "takes access away",
    "concerns:triage:exclude": "keeps somebody out",
    "concerns:triage:restrict": "changes who may see a record",
    "concerns:triage:open_again": "opens a record to a team",
    "concerns:triage:hold": "lifts or confirms that somebody is held back",
    # Who works here, and as what.
    "accounts:give_role": "gives a role",
    "accounts:end_role": "ends a role",
    "accounts:change_person": "changes whom a person answers to",
    "accounts:close_account": "ends an account",
    "accounts:reopen_account": "opens an account again",
    "accounts:leavers": "ends many accounts",
    # What goes for good.
    "concerns:records:answer": "removes records for good",
    # What leaves the portal.
    "concerns:subject_access:download": "takes somebody's personal data out",
    "concerns:assurance:export_file": "takes the trail of a person or a record out",
    "concerns:paper:pack": "takes many forms out",
    "policies:confirmations_csv": "takes out who has read what",
    # What everybody relies on.
    "contacts:editing:approve": "publishes numbers",
    "contacts:editing:publish_urgently": "publishes numbers at once",
    "contacts:editing:roll_back": "publishes an earlier version",
    "policies:publish": "publishes a policy",
    "policies:retire": "takes a policy away",
    "policies:bring_back": "publishes a policy again",
}
