// One polite voice for the live room, so that four tiles never speak at once.

const GATHER_MS = 400;

let waiting = [];
let region;

function voice() {
  if (!region?.isConnected) {
    region = document.createElement("p");
    region.id = "room-voice";
    region.className = "visually-hidden";
    region.setAttribute("role", "status");
    document.body.append(region);
  }
  return region;
}

/** Have a screen reader say these words when it is done with what it says now. */
export function announce(words) {
  waiting.push(words);
  if (waiting.length > 1) return;
  setTimeout(() => {
    voice().textContent = waiting.join(". ");
    waiting = [];
  }, GATHER_MS);
}
