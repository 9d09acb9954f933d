// Loaded first thing in the body, so that styles know what this browser can do before it paints.
// A file of its own, not inline: the content security policy then needs no exception.
document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("govuk-frontend-supported");
}
