// Where entries wait on this tablet: IndexedDB with strict durability, one record an
// entry under the entry's own id. Without IndexedDB they wait in this page only.

import { openDB } from "../../web/vendor/idb.js";

const NAME = "ebbtide-outbox";
const STORE = "entries";
const STRICT = { durability: "strict" };
const PATIENCE_MS = 2000;
const TRY_AGAIN_AFTER_MS = 30_000;

const inThisPage = new Map();
let opening;
let brokenAt = -Infinity;

function database() {
  opening ??= openDB(NAME, 1, {
    upgrade: (db) => db.createObjectStore(STORE, { keyPath: "id" }),
    terminated: () => (opening = undefined),
  }).catch((problem) => {
    opening = undefined;
    throw problem;
  });
  return opening;
}

async function write(change) {
  const transaction = (await database()).transaction(STORE, "readwrite", STRICT);
  await change(transaction.store);
  await transaction.done;
}

// A storage that hangs must not hold up an entry, and STOP least of all.
async function inTime(work) {
  if (performance.now() - brokenAt < TRY_AGAIN_AFTER_MS) throw new Error("storage failed just now");
  let timer;
  const tooLate = new Promise((_, refuse) => {
    timer = setTimeout(() => refuse(new Error("storage does not answer")), PATIENCE_MS);
  });
  try {
    return await Promise.race([work(), tooLate]);
  } catch (problem) {
    brokenAt = performance.now();
    throw problem;
  } finally {
    clearTimeout(timer);
  }
}

const byPlace = (one, other) => one.place - other.place;

/** Keep an entry, in the place of the one it replaces; tells "tablet" or "page". */
export async function keep(entry) {
  try {
    await inTime(() =>
      write(async (store) => {
        const places = (await store.getAll()).map(({ place }) => place);
        // Counted, not timed: a clock set back must not change the order.
        await store.put({ ...entry, place: Math.max(0, ...places) + 1, tries: 0, kept_at: Date.now() });
        if (entry.replaces) await store.delete(entry.replaces);
      }),
    );
    return "tablet";
  } catch (problem) {
    console.warn("entry kept in this page only", problem);
    inThisPage.set(entry.id, { ...entry, place: inThisPage.size + 1, tries: 0, kept_at: Date.now(), isInPageOnly: true });
    return "page";
  }
}

/** All records in the order they were made, those the server refused included. */
export async function all() {
  let stored = [];
  try {
    stored = await inTime(async () => (await database()).getAll(STORE));
  } catch {
    // Nothing can be read; what waits in this page is still sent.
  }
  return [...stored.sort(byPlace), ...inThisPage.values()];
}

/** Change what is kept about an entry. */
export async function note(entry, changes) {
  if (inThisPage.has(entry.id)) inThisPage.set(entry.id, { ...inThisPage.get(entry.id), ...changes });
  else {
    await write(async (store) => {
      const kept = await store.get(entry.id);
      if (kept) await store.put({ ...kept, ...changes });
    });
  }
}

/** Forget an entry: the server has it, or somebody discarded it. */
export async function forget(id) {
  if (!inThisPage.delete(id)) await write((store) => store.delete(id));
}
