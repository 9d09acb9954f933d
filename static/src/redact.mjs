// Selecting words instead of typing them. Without this file the exact words are typed in the box.
const text = document.querySelector("[data-redact-text]");
const button = document.querySelector("[data-redact-selection]");
const box = document.querySelector("textarea[name=words]");

if (text && button && box) {
  button.parentElement.hidden = false;
  button.addEventListener("click", () => {
    const chosen = document.getSelection();
    if (!chosen.rangeCount || !text.contains(chosen.getRangeAt(0).commonAncestorContainer)) return;
    // One piece a line: a selection over several lines is several pieces.
    const pieces = chosen.toString().split("\n").map((line) => line.trim()).filter(Boolean);
    box.value = [box.value.trim(), ...pieces].filter(Boolean).join("\n");
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
