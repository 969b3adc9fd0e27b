import { IconMapOff } from "@tabler/icons-react";
import { useEffect } from "react";
import { LinkButton } from "@/ui/LinkButton";
import { Message } from "@/ui/Message";

/** Shown for every address the app does not know. */
export function NotFound() {
  useEffect(() => {
    document.title = "Page not found · Treadle";
  }, []);
  return (
    <main>
      <Message
        title="Page not found"
        icon={<IconMapOff size={28} stroke={1.5} />}
        action={
          <LinkButton to="/" variant="default">
            Go home
          </LinkButton>
        }
      >
        There is nothing at this address. The link may be old or mistyped.
      </Message>
    </main>
  );
}
