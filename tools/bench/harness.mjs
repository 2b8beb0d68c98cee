// Measures each contestant once per round, so that disturbances of the machine affect all.

/** Rotates the order of contestants per round. */
const turned = (contestants, by) => [...contestants.slice(by), ...contestants.slice(0, by)]

/** Returns the samples by contestant. */
export const measure = async (contestants, rounds, sample, tell) => {
  const samples = new Map(contestants.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    tell(`Round ${round + 1} of ${rounds} …`)
    for (const contestant of turned(contestants, round % contestants.length)) {
      samples.get(contestant.name).push(await sample(contestant))
    }
  }
  return samples
}

/** Makes the given number of calls, with a fixed number in flight. */
export const drive = async (call, calls, inFlight) => {
  let left = calls
  const lane = async () => {
    while (left-- > 0) await call()
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
}
