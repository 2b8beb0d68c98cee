// Measures contestants in rounds: each one of them once in every round, so that what disturbs the machine disturbs all.

/** The contestants in another order for each round: nobody always comes after the same one. */
const turned = (contestants, by) => [...contestants.slice(by), ...contestants.slice(0, by)]

/** Gives the samples of each contestant, by its name. */
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

/** Calls again and again, so many calls at a time, until there were enough. */
export const drive = async (call, calls, inFlight) => {
  let left = calls
  const lane = async () => {
    while (left-- > 0) await call()
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
}
