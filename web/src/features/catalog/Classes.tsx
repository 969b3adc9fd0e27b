/** A classification in one short line; the tooltip has all of it. */
export function Classes({ of }: { of: Record<string, string[]> }) {
  const words = Object.values(of).flat().join(", ");
  return (
    <div className="cut" style={{ maxWidth: "min(360px, 60vw)" }} title={words}>
      {words}
    </div>
  );
}
