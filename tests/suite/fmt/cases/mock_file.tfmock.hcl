mock_resource "a" {
defaults={x=1}
}
