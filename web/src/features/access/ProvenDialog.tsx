import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { secondFactorQuery } from "@/api/queries";
import { t } from "@/i18n/text";
import { CodeInput } from "./CodeInput";
import { refusalText } from "./loginWords";
import { RecoveryCodes } from "./RecoveryCodes";

const WORDS = {
  recovery: {
    title: t("New recovery codes"),
    about: t("Your present recovery codes will not work any more."),
    action: t("Make new codes"),
    color: "",
  },
  remove: {
    title: t("Remove two-step login?"),
    about: t("Your password alone will open your account again, unless this site demands a second step."),
    action: t("Remove"),
    color: "red",
  },
} as const;

/** Things done to the second factor that need one of its codes. */
export function ProvenDialog({ action, onClose }: { action: keyof typeof WORDS; onClose: () => void }) {
  const queries = useQueryClient();
  const [code, setCode] = useState("");
  const words = WORDS[action];
  const send = useMutation({
    mutationFn: () => api.post<{ recovery_codes?: string[] }>(`/x/me/totp/${action}`, { code }),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ ...secondFactorQuery, exact: true });
      if (!made.recovery_codes) onClose();
    },
    onError: () => setCode(""),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={words.title} closeOnClickOutside={false}>
      {send.data?.recovery_codes ? (
        <RecoveryCodes codes={send.data.recovery_codes} done={t("Done")} onDone={onClose} />
      ) : (
        <form onSubmit={submit}>
          <Stack gap="md">
            <Text>{words.about}</Text>
            <CodeInput
              value={code}
              onChange={setCode}
              description={t("From your authenticator app, or a recovery code.")}
              {...(send.error ? { error: refusalText(send.error) } : {})}
            />
            <Group justify="flex-end" gap={8}>
              <Button variant="default" onClick={onClose}>
                {t("Cancel")}
              </Button>
              <Button
                type="submit"
                disabled={!code}
                loading={send.isPending}
                {...(words.color ? { color: words.color, variant: "outline" } : {})}
              >
                {words.action}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
