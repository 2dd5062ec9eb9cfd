def test_a_page_opens(opened):
    page = opened("/")
    assert page.locator("h1").count() == 1
