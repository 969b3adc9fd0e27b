import { Button } from "@mantine/core";
import { Message } from "./Message";

/** No row passes the filters. */
export function NothingMatches({ of, onClear }: { of?: number | undefined; onClear: () => void }) {
  return (
    <Message
      title={of === undefined ? "Nothing matches these filters" : `0 of ${of.toLocaleString("en-US")} match`}
      action={
        <Button variant="default" onClick={onClear}>
          Clear filters
        </Button>
      }
    />
  );
}
