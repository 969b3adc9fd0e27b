import { Button, Group, Modal, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { secondFactorQuery } from "@/api/queries";
import type { Enrolment } from "@/api/types";
import { t } from "@/i18n/text";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { CodeInput } from "./CodeInput";
import { EnrolmentPicture } from "./EnrolmentPicture";
import { refusalText } from "./loginWords";
import { RecoveryCodes } from "./RecoveryCodes";

/** Set up an authenticator app: picture, first code, recovery codes. */
export function EnrolDialog({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient();
  const [code, setCode] = useState("");
  const begun = useQuery({
    queryKey: ["me", "totp", "enrolment"],
    queryFn: () => api.post<Enrolment>("/x/me/totp"),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const confirm = useMutation({
    mutationFn: () => api.put<{ recovery_codes: string[] }>("/x/me/totp", { code }),
    onSuccess: () => queries.invalidateQueries({ ...secondFactorQuery, exact: true }),
    onError: () => setCode(""),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    confirm.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={t("Set up two-step login")} closeOnClickOutside={false}>
      {confirm.data ? (
        <RecoveryCodes codes={confirm.data.recovery_codes} done={t("Done")} onDone={onClose} />
      ) : (
        <form onSubmit={submit}>
          <Stack gap="md">
            {begun.isPending ? <Loading rows={6} /> : null}
            {begun.error ? (
              <Failure error={begun.error} what={t("picture")} onRetry={() => void begun.refetch()} />
            ) : null}
            {begun.data ? <EnrolmentPicture enrolment={begun.data} /> : null}
            {begun.data ? (
              <CodeInput
                value={code}
                onChange={setCode}
                {...(confirm.error ? { error: refusalText(confirm.error) } : {})}
              />
            ) : null}
            <Group justify="flex-end" gap={8}>
              <Button variant="default" onClick={onClose}>
                {t("Cancel")}
              </Button>
              <Button type="submit" disabled={!code} loading={confirm.isPending}>
                {t("Turn on")}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
