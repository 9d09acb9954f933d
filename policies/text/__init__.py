"""The text of a policy: Markdown to sections, sections to safe HTML, Word to Markdown, changes."""
