import { Skeleton, Stack } from "@mantine/core";
import { useEffect, useState } from "react";
import { t } from "@/i18n/text";

/** The shape of what is coming, shown only when it takes longer than a blink. */
export function Loading({ rows = 6, label = t("Loading") }: { rows?: number; label?: string }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setLate(true), 150);
    return () => window.clearTimeout(timer);
  }, []);
  return (
    <Stack gap={10} p="md" role="status" aria-label={label}>
      {late
        ? Array.from({ length: rows }, (_, row) => `row-${row}`).map((key, row) => (
            <Skeleton
              key={key}
              height={row === 0 ? 20 : 14}
              width={row === 0 ? "35%" : `${92 - ((row * 13) % 40)}%`}
            />
          ))
        : null}
    </Stack>
  );
}
