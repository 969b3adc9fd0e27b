import { Button } from "@mantine/core";
import { IconAlertTriangle, IconLock, IconMapOff } from "@tabler/icons-react";
import { t } from "@/i18n/text";
import { Message } from "./Message";

interface FailureProps {
  error: unknown;
  what: string;
  onRetry?: () => void;
}

interface Told {
  status?: number;
  message: string;
  requestId?: string | null;
}

/** Why something cannot be shown: not there, not allowed, or failed (with the request's id and Retry). */
export function Failure({ error, what, onRetry }: FailureProps) {
  const told: Told = error instanceof Error ? error : { message: String(error) };
  if (told.status === 404 || told.status === 422) {
    return (
      <Message
        title={t("This {what} does not exist", { what })}
        icon={<IconMapOff size={28} stroke={1.5} />}
        alert
      >
        {t("It may have been deleted, or you may not be allowed to see it.")}
      </Message>
    );
  }
  if (told.status === 403) {
    return (
      <Message
        title={t("You may not see this {what}", { what })}
        icon={<IconLock size={28} stroke={1.5} />}
        alert
      >
        {t("{message} An administrator of the project can give you a role.", { message: told.message })}
      </Message>
    );
  }
  return (
    <Message
      title={t("The {what} could not be loaded", { what })}
      icon={<IconAlertTriangle size={28} stroke={1.5} />}
      detail={told.requestId ? t("Request {id}", { id: told.requestId }) : null}
      action={
        onRetry ? (
          <Button variant="default" onClick={onRetry}>
            {t("Retry")}
          </Button>
        ) : null
      }
      alert
    >
      {told.message}
    </Message>
  );
}
