/** Waits between attempts: 1, 2, 4 … 30 seconds, less a random part, so that clients do not come back as one. */
export class Backoff {
  private failures = 0;

  constructor(
    private readonly firstMs = 1000,
    private readonly mostMs = 30_000,
    private readonly random: () => number = Math.random,
  ) {}

  next(): number {
    const full = Math.min(this.firstMs * 2 ** this.failures, this.mostMs);
    this.failures += 1;
    return Math.round(full * (0.5 + this.random() / 2));
  }

  reset(): void {
    this.failures = 0;
  }
}
