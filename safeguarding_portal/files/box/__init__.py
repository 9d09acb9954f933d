"""What looks into files of strangers. Runs in a process of its own, without network and keys.

Nothing here imports Django or the portal: the process starts fast, knows no secret and no setting
but the limits it is given. The portal's side of the door is `safeguarding_portal.files.sandbox`.
"""
