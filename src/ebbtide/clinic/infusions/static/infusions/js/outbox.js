// The durable queue: an entry is stored, then sent under the same id until the server
// answers for it. One lane a visit, in order; STOP has a lane of its own and waits for
// nothing. A lane is held by one tab at a time.
//
// An outcome is one of
//   {kind: "recorded", answer}            201, or 200 for a repeat
//   {kind: "returned", status, findings}  the server's no; nothing was written there
//   {kind: "waiting", why}                network, login, server, other-user

import * as store from "./outbox-store.js";
import { roomRoot } from "./room-root.js";

const FLUSH_EVERY_MS = 3000;
const ANSWER_WITHIN_MS = 15_000;
const SHOWN_AFTER_MS = 4000;
const STOP_FIRST_MS = 2000;
const TRIES_BEFORE_PASSING = 3;
const TRY_AGAIN = new Set([401, 403, 408, 425, 429]);

const channel = "BroadcastChannel" in window ? new BroadcastChannel("ebbtide-outbox") : null;
const asked = new Set();
let afterLast = Promise.resolve();

// Outside HTTPS and localhost there are no locks; the server still knows repeats by id.
const locked = (name, work) =>
  navigator.locks ? navigator.locks.request(name, work) : (afterLast = afterLast.then(work, work));

// A stop waits for nothing, not even for the stop of another visit.
const STOPS = "stop:";
const laneOf = (entry) => (entry.is_stop ? `${STOPS}${entry.visit}` : entry.visit);
const isWaiting = (entry) => entry.state !== "returned";
// An entry keeps its author; STOP is sent whoever is logged in.
const isMine = (entry) => entry.is_stop || !entry.user || entry.user === (roomRoot().dataset.user ?? "");

function tell(id, outcome) {
  document.dispatchEvent(new CustomEvent("outbox:outcome", { detail: { id, outcome } }));
}

async function judge(response) {
  const isJson = response.headers.get("Content-Type")?.includes("json");
  const answer = isJson ? await response.json() : null;
  const { status } = response;
  if ((status === 200 || status === 201) && answer?.seq !== undefined) return { kind: "recorded", answer };
  if (Array.isArray(answer?.findings) && status >= 400 && status < 500) {
    return { kind: "returned", status, findings: answer.findings };
  }
  if (status >= 400 && status < 500 && !TRY_AGAIN.has(status)) {
    const message = `The server does not take this entry (${status}).`;
    return { kind: "returned", status, findings: [{ severity: "block", message }] };
  }
  // A page of words instead of an answer: a login page, or a CSRF refusal after one.
  const needsLogin = response.type === "opaqueredirect" || status === 401 || status === 403;
  return { kind: "waiting", why: needsLogin ? "login" : "server", status };
}

async function send(entry) {
  try {
    const response = await fetch(entry.url, {
      method: "POST",
      headers: {
        Accept: "application/json",
        "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8",
        "X-CSRFToken": document.querySelector('meta[name="csrf-token"]')?.content ?? "",
      },
      body: entry.body,
      redirect: "manual",
      cache: "no-store",
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    return await judge(response);
  } catch {
    return { kind: "waiting", why: "network" };
  }
}

async function settle(entry, outcome) {
  if (outcome.kind === "recorded") await store.forget(entry.id);
  if (outcome.kind === "returned") {
    await store.note(entry, { state: "returned", status: outcome.status, findings: outcome.findings });
  }
  if (outcome.kind === "waiting") {
    await store.note(entry, { tries: entry.tries + 1, why: outcome.why });
  }
  channel?.postMessage({ id: entry.id, outcome });
  tell(entry.id, outcome);
}

// One entry the server chokes on must not hold up those behind it for ever.
const mayPass = (entry, outcome) =>
  outcome.kind !== "waiting" || (outcome.status === 500 && entry.tries >= TRIES_BEFORE_PASSING);

async function emptyLane(lane) {
  const tried = new Set();
  for (;;) {
    const entries = await store.all();
    const next = entries.find(
      (entry) => laneOf(entry) === lane && isWaiting(entry) && isMine(entry) && !tried.has(entry.id),
    );
    if (!next) return;
    tried.add(next.id);
    const outcome = await send(next);
    await settle(next, outcome);
    if (!mayPass(next, outcome)) return;
  }
}

function flushLane(lane) {
  if (asked.has(lane)) return Promise.resolve();
  asked.add(lane);
  return locked(`ebbtide-outbox:${lane}`, () => {
    asked.delete(lane);
    return emptyLane(lane);
  }).catch((problem) => console.warn("outbox", problem));
}

/** Send what waits, every lane by itself, STOP first. */
export async function flush() {
  const lanes = new Set((await store.all()).filter(isWaiting).map(laneOf));
  const stops = [...lanes].filter((lane) => lane.startsWith(STOPS) && lanes.delete(lane));
  if (stops.length) {
    const longEnough = new Promise((resolve) => setTimeout(resolve, STOP_FIRST_MS));
    await Promise.race([Promise.all(stops.map(flushLane)), longEnough]);
  }
  for (const lane of lanes) flushLane(lane);
}

function firstOutcome(id) {
  return new Promise((resolve) => {
    const done = (outcome) => {
      document.removeEventListener("outbox:outcome", hear);
      clearTimeout(timer);
      resolve(outcome);
    };
    const hear = ({ detail }) => detail.id === id && detail.outcome.kind !== "kept" && done(detail.outcome);
    const timer = setTimeout(() => done({ kind: "waiting", why: "network" }), SHOWN_AFTER_MS);
    document.addEventListener("outbox:outcome", hear);
  });
}

/**
 * Keep an entry and send it; resolves with its first outcome, or "waiting" after four
 * seconds. entry: {id, visit, url, body, label, told_at, is_stop?, replaces?}.
 */
export async function submit(entry) {
  const first = firstOutcome(entry.id);
  const keptIn = await store.keep({ ...entry, user: roomRoot().dataset.user ?? "" });
  tell(entry.id, { kind: "kept" });
  flushLane(laneOf(entry));
  return { ...(await first), keptIn };
}

/** Send an entry that must never be stored, once; "waiting" then means: it is not kept. */
export async function sendUnstored(entry) {
  const outcome = await send(entry);
  tell(entry.id, outcome);
  return outcome;
}

/** Everything on this tablet the server does not have, as {waiting, returned}. */
export async function pending() {
  const entries = await store.all();
  return {
    waiting: entries.filter(isWaiting),
    others: entries.filter((entry) => isWaiting(entry) && !isMine(entry)),
    returned: entries.filter((entry) => !isWaiting(entry)),
  };
}

/** Take back an entry that the server refused: it is shown in its form, or discarded. */
export async function takeBack(id) {
  await store.forget(id);
  channel?.postMessage({ id, outcome: { kind: "gone" } });
  tell(id, { kind: "gone" });
}

channel?.addEventListener("message", ({ data }) => tell(data.id, data.outcome));
setInterval(flush, FLUSH_EVERY_MS);
window.addEventListener("online", flush);
document.addEventListener("feed:live", flush);
document.addEventListener("visibilitychange", () => document.hidden || flush());
flush();
