// One soft stroke for a new report, if somebody asked for it on this screen.

let context = null;

/** Browsers let a page sound only after a press, so this is called by one. */
export function turnOn() {
  context ??= new AudioContext();
  context.resume();
}

export function strike() {
  if (!context || context.state !== "running") return;
  const [sound, loudness] = [context.createOscillator(), context.createGain()];
  sound.frequency.value = 523.25;
  loudness.gain.setValueAtTime(0.12, context.currentTime);
  loudness.gain.exponentialRampToValueAtTime(0.0001, context.currentTime + 0.7);
  sound.connect(loudness).connect(context.destination);
  sound.start();
  sound.stop(context.currentTime + 0.7);
}
