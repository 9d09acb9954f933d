// Passkeys: the browser answers the question that the page carries (or fetches), and the form sends
// the answer. Forms stay hidden where the browser cannot do it; every page has another way.
const able =
  window.PublicKeyCredential?.parseRequestOptionsFromJSON &&
  window.PublicKeyCredential?.parseCreationOptionsFromJSON;

async function questionOf(form) {
  if (!form.dataset.questionUrl) return JSON.parse(form.dataset.question);
  const answer = await fetch(form.dataset.questionUrl, {
    headers: { "X-Requested-With": "XMLHttpRequest" },
  });
  return (await answer.json()).request_options;
}

async function answerTo(form) {
  const { publicKey } = await questionOf(form);
  const parsed =
    form.dataset.passkey === "create"
      ? PublicKeyCredential.parseCreationOptionsFromJSON(publicKey)
      : PublicKeyCredential.parseRequestOptionsFromJSON(publicKey);
  return form.dataset.passkey === "create"
    ? navigator.credentials.create({ publicKey: parsed })
    : navigator.credentials.get({ publicKey: parsed });
}

for (const form of able ? document.querySelectorAll("form[data-passkey]") : []) {
  const fault = form.querySelector("[data-passkey-error]");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    // Without its name the server refuses it, and the device would keep a passkey for nothing.
    if (form.elements.namedItem("name")?.value.trim() === "") return;
    event.preventDefault();
    fault.hidden = true;
    try {
      const credential = await answerTo(form);
      form.elements.credential.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch {
      fault.hidden = false;
    }
  });
}
if (able) document.querySelector("[data-passkey-missing]")?.remove();
