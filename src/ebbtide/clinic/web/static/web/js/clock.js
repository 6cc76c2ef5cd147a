// The clinic's clock: the server's time at load, going on at the server's speed.
// Both device clocks are asked and the further one believed: a monotonic clock may
// sleep with the tablet, a wall clock may be set back, and either way an old number
// must never look fresh.

const meta = document.querySelector('meta[name="clinic-now"]');
const speed = Number(meta?.dataset.speed) || 1;

let base = Number.NaN;
let wall = 0;
let steady = 0;

/** Set the clinic's time, for example from a stream's heartbeat. */
export function setClinicNow(iso) {
  const at = Date.parse(iso);
  base = Number.isNaN(at) ? Date.now() : at;
  wall = Date.now();
  steady = performance.now();
}

/** The clinic's time now, as a Date. */
export function clinicNow() {
  const passed = Math.max(performance.now() - steady, Date.now() - wall);
  return new Date(base + passed * speed);
}

/** Seconds from an ISO time to the clinic's now; NaN when there is no time. */
export function secondsSince(iso) {
  return (clinicNow().getTime() - Date.parse(iso)) / 1000;
}

setClinicNow(meta?.content);
