// Grey shapes where something is about to be.

export function ListSkeleton({ rows = 7 }: { rows?: number }) {
  return (
    <div class="skeleton-list" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <div class="skeleton-row" key={index}>
          <span class="skeleton circle" />
          <span class="skeleton-lines">
            <span class={`skeleton line w${index % 3}`} />
            <span class={`skeleton line thin w${(index + 1) % 3}`} />
          </span>
        </div>
      ))}
    </div>
  );
}

export function HistorySkeleton() {
  return (
    <div class="skeleton-history" role="status" aria-label="Loading messages">
      {[0, 1, 0, 0, 1, 0].map((mine, index) => (
        <span key={index} class={`skeleton bubble-shape w${index % 3} ${mine ? "mine" : ""}`} />
      ))}
    </div>
  );
}
