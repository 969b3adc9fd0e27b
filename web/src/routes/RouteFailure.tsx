import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { t } from "@/i18n/text";
import { Failure } from "@/ui/Failure";

/** What is shown when a page itself fails. */
export function RouteFailure({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <Failure
      error={error}
      what={t("page")}
      onRetry={() => {
        reset();
        void router.invalidate();
      }}
    />
  );
}
