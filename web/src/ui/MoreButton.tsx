import { Button } from "@mantine/core";

interface MoreButtonProps {
  /** A query that comes in pages. */
  found: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
  words: string;
}

/** Below a list in pages: fetches the next one; not there when all is shown. */
export function MoreButton({ found, words }: MoreButtonProps) {
  return found.hasNextPage ? (
    <Button
      variant="subtle"
      m={8}
      loading={found.isFetchingNextPage}
      onClick={() => void found.fetchNextPage()}
    >
      {words}
    </Button>
  ) : null;
}
