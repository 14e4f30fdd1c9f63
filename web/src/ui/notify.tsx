import { notifications } from "@mantine/notifications";
import { describe } from "../api/problem";

export function notifyError(error: unknown) {
  const { title, detail } = describe(error);
  notifications.show({ color: "red", title, message: detail, autoClose: 8000, role: "alert" });
}

export function notifyDone(message: string) {
  notifications.show({ color: "teal", message, autoClose: 3000 });
}
