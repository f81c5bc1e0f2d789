"""The whole product on Messenger: `khien serve`, a Send API of ours on loopback, a counsellor at the staff API."""

from pathlib import Path

from bot.channels.messenger.join import WEBHOOK_PATH
from content.library import Content
from tests.channels.journey import DISCLOSURE, Child, from_hello_to_a_counsellor_and_out
from tests.messenger.graph_server import APP_SECRET, PAGE, PAGE_TOKEN, VERIFY_TOKEN, GraphServer
from tests.served import served
from tests.served_people import Counsellor

LAN = "24601987654321"


async def test_a_child_by_quick_replies_and_another_by_numbers(tmp_path: Path, content: Content) -> None:
    async with (
        GraphServer() as server,
        served(
            tmp_path / "house",
            KHIEN_MESSENGER_PAGE_ID=PAGE,
            KHIEN_MESSENGER_PAGE_TOKEN=PAGE_TOKEN,
            KHIEN_MESSENGER_APP_SECRET=APP_SECRET,
            KHIEN_MESSENGER_VERIFY_TOKEN=VERIFY_TOKEN,
            KHIEN_MESSENGER_BASE_URL=server.url,
            KHIEN_PUBLIC_URL="https://khien.example",
        ) as product,
        Counsellor(product.url, await product.counsellor_token()) as counsellor,
    ):
        server.webhook = f"{product.url}{WEBHOOK_PATH}"
        await from_hello_to_a_counsellor_and_out(Child(server, LAN, content, server.taps), counsellor, "messenger")
        other = Child(server, LAN + "0", content)
        other.says(DISCLOSURE)
        other.says(DISCLOSURE)
        assert "111" in await other.sees("111")
        await other.picks("talk.now")  # its words are longer than a quick reply, so it has a number
        await other.sees("đồng ý")
        assert set(server.deliveries) == {200}
        assert server.violations == []
        assert "Traceback" not in product.output
        secrets = (PAGE_TOKEN, APP_SECRET, VERIFY_TOKEN, LAN, DISCLOSURE)
        assert [word for word in secrets if word in product.output] == []
