// Real milliseconds that never run backwards. A monotonic clock may sleep with the
// tablet and a wall clock may be set back; either way an old number must look old.

const SLEPT_MS = 50;

let total = 0;
let wall = Date.now();
let steady = performance.now();

/** Real milliseconds since this module was loaded, sleep included. */
export function realMs() {
  const [wallNow, steadyNow] = [Date.now(), performance.now()];
  const passed = steadyNow - steady;
  const slept = wallNow - wall - passed;
  total += passed + (slept > SLEPT_MS ? slept : 0);
  [wall, steady] = [wallNow, steadyNow];
  return total;
}
