// The page's own words. What the bot says comes from the server and stands nowhere here.

const VI = {
  tagline: "chương trình máy",
  exit: "Thoát nhanh",
  exitHint: "hoặc bấm Esc hai lần",
  conversation: "Cuộc trò chuyện",
  messages: "Tin nhắn",
  choices: "Chọn câu trả lời",
  mascot: "Nhím con ôm chiếc khiên",
  hello: "Chào bạn!",
  opening: "Trang đang mở, bạn đợi một chút nhé.",
  invitation: "Bấm Bắt đầu hoặc gõ điều bạn muốn hỏi.",
  start: "Bắt đầu",
  newer: "Có tin mới ↓",
  form: "Viết tin",
  label: "Tin nhắn của bạn",
  placeholder: "Viết ở đây…",
  send: "Gửi",
  help: "Cần giúp ngay?",
  call: "Gọi 111",
  privacy: "Riêng tư",
  me: "Bạn",
  bot: "Nhím",
  hotline: "tổng đài 111",
  picture: "Hình minh họa",
  sending: "Đang gửi…",
  failing: "Chưa gửi được, mình đang thử lại.",
  urgent: "Nếu bạn cần giúp ngay, gọi 111.",
  typing: "Đang viết…",
  refused: "Tin này chưa gửi được. Bạn viết lại ngắn hơn một chút giúp mình nhé.",
  notSaved: "Chưa tải được tệp. Bạn thử lại nhé.",
  left: (n) => `Bạn còn viết được ${n} ký tự.`,
  full: "Tin đã đủ dài. Bạn gửi phần này trước, rồi viết tiếp nhé.",
};

const EN = {
  tagline: "a computer program",
  exit: "Quick exit",
  exitHint: "or press Esc twice",
  conversation: "Conversation",
  messages: "Messages",
  choices: "Choose an answer",
  mascot: "A little hedgehog with a shield",
  hello: "Hello!",
  opening: "The page is opening, please wait a moment.",
  invitation: "Press Start, or type what you want to ask.",
  start: "Start",
  newer: "New message ↓",
  form: "Write a message",
  label: "Your message",
  placeholder: "Write here…",
  send: "Send",
  help: "Need help now?",
  call: "Call 111",
  privacy: "Privacy",
  me: "You",
  bot: "Nhím",
  hotline: "hotline 111",
  picture: "Picture",
  sending: "Sending…",
  failing: "Not sent yet, I am trying again.",
  urgent: "If you need help now, call 111.",
  typing: "Writing…",
  refused: "This message could not be sent. Please try a shorter one.",
  notSaved: "The file could not be saved. Please try again.",
  left: (n) => `You can write ${n} more characters.`,
  full: "That is long enough. Send this part first, then go on.",
};

export const words = { ...VI };

/** Put the page into Vietnamese ("vi") or English ("en"). */
export function speak(language) {
  Object.assign(words, language === "en" ? EN : VI);
  document.documentElement.lang = language;
  const put = (name, change) =>
    document.querySelectorAll(`[data-${name}]`).forEach((element) => change(element, words[element.dataset[name]]));
  put("word", (element, text) => (element.textContent = text));
  put("label", (element, text) => element.setAttribute("aria-label", text));
  put("placeholder", (element, text) => (element.placeholder = text));
  put("alt", (element, text) => (element.alt = text));
}
