"""Pages about files: adding them anywhere in the portal, and looking at one."""
