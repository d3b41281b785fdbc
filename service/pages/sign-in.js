"use strict";

const API = "/api/v1";
const invitation = location.hash.slice(1);
const asked = new URLSearchParams(location.search);
const said = document.getElementById("said");

// Nobody who looks over a shoulder or into the history needs the link.
if (invitation) history.replaceState(null, "", location.pathname);

function next() {
  const wanted = new URL(asked.get("next") ?? "/docs", location.origin);
  return wanted.origin === location.origin ? wanted.pathname + wanted.search : "/docs";
}

async function post(path, body) {
  const answer = await fetch(API + path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const told = await answer.json();
  if (answer.ok) return told;
  said.textContent = told.faults?.[0]?.message ?? told.detail ?? told.title;
  return null;
}

function onSubmit(id, path, rest) {
  const form = document.getElementById(id);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = { ...Object.fromEntries(new FormData(form)), ...rest };
    if (await post(path, given)) location.assign(next());
  });
}

onSubmit("sign-in", "/session", asked.has("tenant") ? { tenant: asked.get("tenant") } : {});
onSubmit("join", "/session/invitation", { invitation });
document.getElementById("sign-in").hidden = Boolean(invitation);
document.getElementById("join").hidden = !invitation;

const provider = document.getElementById("provider");
provider.hidden = document.body.dataset.provided !== "true";
provider.addEventListener("click", async () => {
  const away = await post("/oidc", { next: next(), ...(invitation ? { invitation } : {}) });
  if (away) location.assign(away.url);
});

if (asked.has("refused")) said.textContent = "You were not let in. Ask for an invitation, or try again.";
